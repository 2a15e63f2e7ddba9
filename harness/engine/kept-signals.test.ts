import { expect, test } from 'vitest';
import type { Budget } from '../scenario/scenario.ts';
import { budgetResults } from '../signals/budgets.ts';
import { keptSignals, takenSignals } from './kept-signals.ts';
import type { Sample, ScenarioPlan, SignalsRecord } from './run-data.ts';

const budget: Budget = { name: 'p99', why: '', promql: 'x', phase: 'steady', over: 'every-step', unit: 's', atMost: 0.1 };
const plan = { scenario: { budgets: [budget] } } as unknown as ScenarioPlan;

const record = (...values: number[]): SignalsRecord => {
  const series = [{ labels: { le: '+Inf' }, samples: values.map((value, at): Sample => [at, value]) }];
  const asked = { name: 'p99', phase: 'steady', promql: 'x', from: 0, to: (values.length - 1) * 1_000, accounted: false, series };
  const [final, plot] = [
    { signal: 's', promql: 's', series },
    { name: 'p', unit: 's', promql: 'p', series },
  ];
  return { exportIntervalMs: 1_000, budgets: [asked], finals: [final], plots: [plot], canary: [], traces: [], logs: [], dropped: 0 };
};

const throughFile = (signals: SignalsRecord): SignalsRecord =>
  takenSignals(JSON.parse(JSON.stringify(keptSignals(signals))) as SignalsRecord);
const outcomeOf = (signals: SignalsRecord) => budgetResults(plan, signals)[0]?.outcome;

test('every number that a query can give comes back from the file as it was', () => {
  const signals = record(1.5, Number.NaN, Infinity, -Infinity, 0, -0.25);
  expect(throughFile(signals)).toEqual(signals);
});

test.each([
  ['a step that is NaN has no data', [0, Number.NaN, 0], 'inconclusive'],
  ['a phase that is NaN all along has none either', [Number.NaN, Number.NaN], 'inconclusive'],
  ['a step that is infinite is over its bound', [0, Infinity, 0], 'fail'],
  ['numbers within the bound are well', [0, 0.1, 0], 'pass'],
] as const)('%s, judged from the file as before', (_what, values, outcome) => {
  const signals = record(...values);
  expect([outcomeOf(signals), outcomeOf(throughFile(signals))]).toEqual([outcome, outcome]);
});

test('a file of before, in which such a number is null, has no data there', () => {
  expect(outcomeOf(takenSignals(JSON.parse(JSON.stringify(record(0, Number.NaN, 0))) as SignalsRecord))).toBe('inconclusive');
});
