// alerts: what is pending or firing now. alertmanagers: where it is sent.
import { labelsToRecord } from '../promql/labels.ts';
import type { Alert } from '../rules/alert-state.ts';
import { activeAlerts } from '../rules/alert-state.ts';
import type { Answer, ApiContext } from './answer.ts';
import type { Parameters } from './parameters.ts';
import { instantText } from './time-text.ts';

/** Go's %e with the shortest digits: what Prometheus writes here, unlike in query results. */
const valueText = (value: number): string => {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  const text = value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
  return Object.is(value, -0) ? `-${text}` : text;
};

export const alertJson = ({ labels, annotations, state, activeAtMs, keepFiringSinceMs, value }: Alert) => ({
  labels: labelsToRecord(labels),
  annotations,
  state,
  activeAt: instantText(activeAtMs),
  ...(keepFiringSinceMs === null ? {} : { keepFiringSince: instantText(keepFiringSinceMs) }),
  value: valueText(value),
});

export const alertsOf = (_parameters: Parameters, { rules }: ApiContext): Answer => {
  const alerts = rules.statuses().flatMap((group) => group.rules.flatMap((rule) => activeAlerts(rule.alerts)));
  return { data: { alerts: alerts.map(alertJson) } };
};

export const alertmanagersOf = (_parameters: Parameters, { rules }: ApiContext): Answer => ({
  data: { activeAlertmanagers: rules.receivers().map((url) => ({ url })), droppedAlertmanagers: [] },
});
