import { expect, test } from 'vitest';
import { createMetricStore } from '../metrics/metric-store.ts';
import { type Labels, labelsFrom } from '../promql/labels.ts';
import { readRuleFile } from './reading/read-rule-file.ts';
import { createRulesEngine } from './rules-engine.ts';

const start = 1_700_000_000_000;
const metrics = Array.from({ length: 100 }, (_, index) => `m${index}_total`);

const seriesOf = (each: number): readonly Labels[] =>
  metrics.flatMap((name) =>
    Array.from({ length: each }, (_, index) =>
      labelsFrom({ __name__: name, job: `w${index % 5}`, instance: `w-${index}`, lane: String(index % 8), faultline_run: 'r1' }),
    ),
  );

const expressions: readonly ((name: string) => string)[] = [
  (name) => `sum by (job) (rate(${name}[30s])) < 0`,
  (name) => `sum(rate(${name}[30s])) > 1e9`,
  (name) => `max by (lane) (increase(${name}[1m])) / on () group_left () sum(increase(${name}[1m])) > 2`,
  (name) => `sum(rate(${name}[30s])) / sum(rate(${name}[30s])) > 0.5 and sum(rate(${name}[5s])) > 1`,
  (name) => `${name} > 1e9`,
];

/** Seconds of one evaluation of 100 rules: the best of ten, because a busy machine is no matter of ours. */
const evaluationSeconds = (series: readonly Labels[]): number => {
  const store = createMetricStore({ maxBytes: 2 ** 30 });
  const at = (second: number): number => start + second * 1000;
  const append = (second: number): void => {
    for (const labels of series) store.append(labels, at(second), second * 10);
  };
  for (let second = 0; second < 70; second += 1) append(second);
  const rules = metrics.map((name, index) => ({
    alert: `A${index}`,
    expr: expressions[index % expressions.length]!(name),
    annotations: { summary: '{{ $value | humanizePercentage }} of {{ $labels.job }}' },
  }));
  const { groups, problems } = readRuleFile('a.yml', JSON.stringify({ groups: [{ name: 'g', rules }] }));
  expect(problems).toEqual([]);
  const engine = createRulesEngine({ groups, store, intervalMs: 1000, nowMs: () => start, elapsedMs: () => performance.now() });
  const taken: number[] = [];
  for (let second = 70; second < 80; second += 1) {
    append(second);
    for (const group of engine.groups) Array.from(group.evaluate(at(second)));
    taken.push(engine.report().evaluationSeconds);
  }
  expect(engine.report()).toMatchObject({ rules: 100, failingRules: 0 });
  return Math.min(...taken);
};

test('what 100 rules cost grows as the series do, and not as their square', () => {
  const [few, many] = [evaluationSeconds(seriesOf(5)), evaluationSeconds(seriesOf(50))];
  expect(many / few).toBeLessThan(40);
});
