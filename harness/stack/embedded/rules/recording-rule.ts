// A recording rule: the expression's result under the rule's name and labels.
import type { Labels } from '../promql/labels.ts';
import { labelEntries, labelsFromEntries, metricNameLabel } from '../promql/labels.ts';
import type { RecordingRule, TextMap } from './rule.ts';
import type { RuleContext, RuleSample } from './rule-context.ts';
import { queryVector, RuleFailed } from './rule-context.ts';

const labelled = (labels: Labels, name: string, own: TextMap): Labels =>
  labelsFromEntries(new Map([...labelEntries(labels), [metricNameLabel, name], ...Object.entries(own)]));

/** Throws RuleFailed, or what the evaluator throws. */
export const evaluateRecordingRule = (rule: RecordingRule, context: RuleContext): readonly RuleSample[] => {
  const found = queryVector(rule.expression, context.atMs - context.queryOffsetMs, context);
  const samples = found.map(({ labels, value }) => ({ labels: labelled(labels, rule.name, rule.labels), value }));
  if (new Set(samples.map(({ labels }) => labels.key)).size < samples.length) {
    throw new RuleFailed('vector contains metrics with the same labelset after applying rule labels');
  }
  if (context.limit > 0 && samples.length > context.limit) {
    throw new RuleFailed(`exceeded limit of ${context.limit} with ${samples.length} series`);
  }
  return samples;
};
