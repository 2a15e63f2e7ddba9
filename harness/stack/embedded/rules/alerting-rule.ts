// An alerting rule: the expression's result becomes alerts, alerts become samples of ALERTS and ALERTS_FOR_STATE.
import { labelEntries, labelsFromEntries, labelsToRecord, metricNameLabel } from '../promql/labels.ts';
import type { Alert, Alerts, FoundAlert } from './alert-state.ts';
import { activeAlerts, advanceAlerts } from './alert-state.ts';
import type { AlertingRule, TextMap } from './rule.ts';
import { alertName } from './rule.ts';
import type { RuleContext, RuleSample } from './rule-context.ts';
import { queryVector, RuleFailed } from './rule-context.ts';
import { expandTemplate } from './template/expand-template.ts';
import type { TemplateData } from './template/template-data.ts';

export type AlertingOutcome = { readonly alerts: Alerts; readonly samples: readonly RuleSample[] };

/** The alerts that a limit took away: the rule starts anew. */
export class AlertLimitExceeded extends RuleFailed {}

const dataFor = ({ labels, value }: RuleSample, context: RuleContext): TemplateData => ({
  labels: labelsToRecord(labels),
  value,
  externalLabels: context.externalLabels,
  externalUrl: context.externalUrl,
  nowMs: context.atMs,
  // As in Prometheus, a query in a template is asked at the time of the evaluation, without the offset.
  query: (expression) =>
    queryVector(expression, context.atMs, context).map((sample) => ({ labels: labelsToRecord(sample.labels), value: sample.value })),
});

const foundAlert = (rule: AlertingRule, sample: RuleSample, context: RuleContext): FoundAlert => {
  const data = dataFor(sample, context);
  const expanded = (texts: TextMap): [string, string][] =>
    Object.entries(texts).map(([name, text]) => [name, expandTemplate(text, data, rule.name)]);
  const labels = new Map([...labelEntries(sample.labels), ...expanded(rule.labels), [alertName, rule.name] as const]);
  labels.delete(metricNameLabel);
  return { labels: labelsFromEntries(labels), annotations: Object.fromEntries(expanded(rule.annotations)), value: sample.value };
};

/** The rule's own labels stand below: where a template gave nothing, Prometheus' series show the template. */
const seriesLabels = (rule: AlertingRule, alert: Alert, more: TextMap) =>
  labelsFromEntries(
    new Map([...Object.entries(rule.labels), ...labelEntries(alert.labels), ...Object.entries(more), [alertName, rule.name]]),
  );

const samplesOf = (rule: AlertingRule, alert: Alert): RuleSample[] => [
  { labels: seriesLabels(rule, alert, { [metricNameLabel]: 'ALERTS', alertstate: alert.state }), value: 1 },
  { labels: seriesLabels(rule, alert, { [metricNameLabel]: 'ALERTS_FOR_STATE' }), value: Math.floor(alert.activeAtMs / 1000) },
];

/** Throws RuleFailed, or what the evaluator throws; the alerts of before stand then, but for AlertLimitExceeded. */
export const evaluateAlertingRule = (rule: AlertingRule, before: Alerts, context: RuleContext): AlertingOutcome => {
  const found = new Map<string, FoundAlert>();
  for (const sample of queryVector(rule.expression, context.atMs - context.queryOffsetMs, context)) {
    const alert = foundAlert(rule, sample, context);
    if (found.has(alert.labels.key)) throw new RuleFailed('vector contains metrics with the same labelset after applying alert labels');
    found.set(alert.labels.key, alert);
  }
  const alerts = advanceAlerts(before, found, { atMs: context.atMs, forMs: rule.forMs, keepFiringForMs: rule.keepFiringForMs });
  const active = activeAlerts(alerts);
  if (context.limit > 0 && active.length > context.limit) {
    throw new AlertLimitExceeded(`exceeded limit of ${context.limit} with ${active.length} alerts`);
  }
  return { alerts, samples: active.flatMap((alert) => samplesOf(rule, alert)) };
};
