// One notification in Alertmanager's webhook format, version 4: all that fires in a group, and what has just ended.
import { formatLabels, labelsFrom } from '../../promql/labels.ts';
import type { TextMap } from '../rule.ts';
import { printExpression } from '../../promql/syntax/print-expression.ts';
import { tableLink } from '../template/text-functions.ts';
import { instantText } from '../../prometheus-api/time-text.ts';
import { fingerprintOf } from './fingerprint.ts';

export type SentAlert = {
  readonly labels: TextMap;
  readonly annotations: TextMap;
  readonly startsAtMs: number;
  /** null: it fires. */
  readonly endsAtMs: number | null;
  readonly expression: string;
};

export type WebhookAlert = {
  readonly status: 'firing' | 'resolved';
  readonly labels: TextMap;
  readonly annotations: TextMap;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL: string;
  readonly fingerprint: string;
};

export type WebhookMessage = {
  readonly version: '4';
  readonly groupKey: string;
  readonly truncatedAlerts: number;
  readonly status: 'firing' | 'resolved';
  readonly receiver: string;
  readonly groupLabels: TextMap;
  readonly commonLabels: TextMap;
  readonly commonAnnotations: TextMap;
  readonly externalURL: string;
  readonly alerts: readonly WebhookAlert[];
};

/** A receiver has a bound too. */
const mostAlerts = 1_000;

const common = (maps: readonly TextMap[]): TextMap =>
  Object.fromEntries(Object.entries(maps[0] ?? {}).filter(([name, value]) => maps.every((map) => map[name] === value)));

const alertOf = ({ labels, annotations, startsAtMs, endsAtMs, expression }: SentAlert, externalUrl: string): WebhookAlert => ({
  status: endsAtMs === null ? 'firing' : 'resolved',
  labels,
  annotations,
  startsAt: instantText(startsAtMs),
  endsAt: instantText(endsAtMs),
  generatorURL: `${externalUrl}${tableLink(printExpression(expression))}`,
  fingerprint: fingerprintOf(labels),
});

export const webhookMessage = (groupLabels: TextMap, alerts: readonly SentAlert[], externalUrl: string): WebhookMessage => {
  const sent = alerts.slice(0, mostAlerts);
  return {
    version: '4',
    groupKey: `{}:${formatLabels(labelsFrom(groupLabels))}`,
    truncatedAlerts: alerts.length - sent.length,
    status: alerts.some(({ endsAtMs }) => endsAtMs === null) ? 'firing' : 'resolved',
    receiver: 'webhook',
    groupLabels,
    commonLabels: common(alerts.map(({ labels }) => labels)),
    commonAnnotations: common(alerts.map(({ annotations }) => annotations)),
    externalURL: externalUrl,
    alerts: sent.map((alert) => alertOf(alert, externalUrl)),
  };
};
