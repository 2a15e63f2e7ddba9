// Which notifications a change of alerts asks for: alerts of one name and one run are told of together, whenever one begins or ends to fire.
import { labelsToRecord } from '../../promql/labels.ts';
import type { AlertChange } from '../alert-change.ts';
import type { Alert } from '../alert-state.ts';
import { alertName } from '../rule.ts';
import type { TextMap } from '../rule.ts';
import type { SentAlert } from './webhook-message.ts';

/** One message for an alert of a run. */
const groupedBy = [alertName, 'faultline_run', 'faultline_scenario'];

export type GroupChange = { readonly groupLabels: TextMap; readonly alerts: readonly SentAlert[] };

type Group = { readonly groupLabels: TextMap; readonly alerts: Map<string, SentAlert> };

export type AlertGroups = {
  /** The groups that changed, each with all that fires in it and what ended now. */
  apply(change: AlertChange): readonly GroupChange[];
};

type Transition = { readonly key: string; readonly alert: SentAlert };

const sentAlert = (alert: Alert, endsAtMs: number | null, expression: string, externalLabels: TextMap): SentAlert => ({
  labels: { ...externalLabels, ...labelsToRecord(alert.labels) },
  annotations: alert.annotations,
  startsAtMs: alert.firedAtMs ?? alert.activeAtMs,
  endsAtMs,
  expression,
});

/** An alert that was forgotten while it fired (its rule was over its limit) has ended too. */
const ended = ({ before, after, atMs }: AlertChange): readonly (readonly [string, Alert, number])[] =>
  [...before]
    .filter(([key, alert]) => alert.state === 'firing' && after.get(key)?.state !== 'firing')
    .map(([key, alert]) => [key, alert, after.get(key)?.resolvedAtMs ?? atMs]);

const begun = ({ before, after }: AlertChange): readonly (readonly [string, Alert])[] =>
  [...after].filter(([key, alert]) => alert.state === 'firing' && before.get(key)?.state !== 'firing');

const groupLabelsOf = (labels: TextMap): TextMap =>
  Object.fromEntries(groupedBy.flatMap((name) => (labels[name] === undefined ? [] : [[name, labels[name]]])));

export const createAlertGroups = (externalLabels: TextMap): AlertGroups => {
  const groups = new Map<string, Group>();
  const groupFor = (labels: TextMap): readonly [string, Group] => {
    const groupLabels = groupLabelsOf(labels);
    const key = JSON.stringify(groupLabels);
    const group = groups.get(key) ?? { groupLabels, alerts: new Map() };
    groups.set(key, group);
    return [key, group];
  };
  const settle = (key: string, { groupLabels, alerts }: Group): GroupChange => {
    const told = [...alerts.values()];
    for (const [alert, { endsAtMs }] of alerts) if (endsAtMs !== null) alerts.delete(alert);
    if (alerts.size === 0) groups.delete(key);
    return { groupLabels, alerts: told };
  };
  return {
    apply: (change) => {
      const { rule } = change;
      const transitions: Transition[] = [
        ...begun(change).map(([key, alert]) => ({ key, alert: sentAlert(alert, null, rule.expression, externalLabels) })),
        ...ended(change).map(([key, alert, endsAtMs]) => ({ key, alert: sentAlert(alert, endsAtMs, rule.expression, externalLabels) })),
      ];
      const changed = new Map<string, Group>();
      for (const { key, alert } of transitions) {
        const [groupKey, group] = groupFor(alert.labels);
        // Two rules of one name may have alerts with the same labels: each tells of its own.
        group.alerts.set(`${rule.expression}\0${key}`, alert);
        changed.set(groupKey, group);
      }
      return [...changed].map(([key, group]) => settle(key, group));
    },
  };
};
