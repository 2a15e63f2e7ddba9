import { expect, test } from 'vitest';
import type { Sample, ScenarioPlan, SignalsRecord } from '../engine/run-data.ts';
import type { Budget } from '../scenario/scenario.ts';
import { budgetResults, type Silence } from './budgets.ts';

const budget = (more: Partial<Budget> = {}): Budget => ({
  name: 'ingest-p99',
  why: 'Clients wait for this.',
  promql: 'x{$run}',
  phase: 'steady',
  over: 'end',
  unit: 's',
  atMost: 0.1,
  ...more,
});

const judge = (one: Budget, answer: Partial<SignalsRecord['budgets'][number]> | null, silences: readonly Silence[] = []) => {
  const plan = { scenario: { budgets: [one] } } as unknown as ScenarioPlan;
  const asked = { name: one.name, phase: one.phase, promql: 'x', from: 0, to: 10_000, accounted: false, series: [], ...answer };
  const signals = { exportIntervalMs: 1_000, budgets: answer === null ? [] : [asked] } as unknown as SignalsRecord;
  return budgetResults(plan, signals, silences)[0];
};

const series = (...values: number[]) => [{ labels: { __name__: 'x', lane: '3' }, samples: values.map((value, at): Sample => [at, value]) }];

test('a value at the bound passes, one just over it fails and says where', () => {
  expect(judge(budget(), { series: series(0.1) })).toMatchObject({
    id: 'budget/ingest-p99@steady',
    outcome: 'pass',
    measured: { value: 0.1, bound: '<= 0.1 s' },
  });
  expect(judge(budget(), { series: series(0.1001) })).toMatchObject({
    outcome: 'fail',
    findingsTotal: 1,
    findings: [{ message: '0.1001 s for lane="3" at 1970-01-01T00:00:00.000Z' }],
  });
});

test('a lower bound is held too', () => {
  const atLeast = { atMost: undefined, atLeast: 5 } as unknown as Partial<Budget>;
  expect(judge(budget(atLeast), { series: series(5) })).toMatchObject({ outcome: 'pass' });
  expect(judge(budget(atLeast), { series: series(4) })).toMatchObject({ outcome: 'fail', measured: { value: 4, bound: '>= 5 s' } });
});

test.each([
  ['nothing was asked', null, 'never asked'],
  ['the question failed', { error: 'prometheus answered 503' }, 'prometheus answered 503'],
  ['there is no series', { series: [] }, 'absent is not 0'],
  ['all there is is NaN', { series: series(Number.NaN) }, 'absent is not 0'],
])('it is inconclusive when %s', (_why, answer, message) => {
  expect(judge(budget(), answer)).toMatchObject({ outcome: 'inconclusive', summary: expect.stringContaining(message) });
});

test('one bad series among good ones fails', () => {
  expect(judge(budget(), { series: [...series(0.05), ...series(0.2)] })).toMatchObject({ outcome: 'fail', measured: { value: 0.2 } });
});

test('every step counts: one over the bound fails, one without data is inconclusive and named', () => {
  const steps = budget({ over: 'every-step' });
  expect(judge(steps, { series: series(0, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0) })).toMatchObject({ outcome: 'fail', findingsTotal: 1 });
  expect(judge(steps, { series: series(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0) })).toMatchObject({ outcome: 'pass' });
  expect(judge(steps, { series: series(0, 0, 0, 0, 0, 0, 0, 0, 0, 0) })).toMatchObject({
    outcome: 'inconclusive',
    summary: expect.stringContaining('1 of 11 steps have no data, the first at 1970-01-01T00:00:10.000Z'),
  });
  expect(judge(steps, { series: series(9) })).toMatchObject({ outcome: 'fail' });
});

const withGap = [{ labels: {}, samples: [0, 1, 2, 3, 8, 9, 10].map((at): Sample => [at, 0]) }];

test('an exporter that is silent in the middle of a phase is seen', () => {
  expect(judge(budget({ over: 'every-step' }), { series: withGap })).toMatchObject({
    outcome: 'inconclusive',
    summary: expect.stringContaining('4 of 11 steps have no data'),
  });
});

test('a silence of the books by a fault of the scenario is no doubt, one beside it or of another signal is', () => {
  const steps = budget({ over: 'every-step' });
  const answer = { series: withGap, accounted: true };
  expect(judge(steps, answer, [{ from: 4_000, to: 7_000 }])).toMatchObject({
    outcome: 'pass',
    summary: expect.stringContaining('In 4 of 11 steps its exporter was down by a fault'),
  });
  expect(judge(steps, answer, [{ from: 4_000, to: 6_999 }])).toMatchObject({
    outcome: 'inconclusive',
    summary: expect.stringContaining('1 of 11 steps have no data'),
  });
  expect(judge(steps, { ...answer, accounted: false }, [{ from: 4_000, to: 7_000 }])).toMatchObject({ outcome: 'inconclusive' });
});

test('steps without data are allowed up to a share, and not at the end', () => {
  const allowing = (knownShare: number) => budget({ over: 'every-step', knownShare });
  expect(judge(allowing(0.6), { series: withGap })).toMatchObject({
    outcome: 'pass',
    summary: expect.stringContaining('4 of 11 steps have no data, which this budget allows'),
  });
  expect(judge(allowing(0.7), { series: withGap })).toMatchObject({ outcome: 'inconclusive' });
  const untilTheGap = withGap.map((one) => ({ ...one, samples: one.samples.filter(([at]) => at < 10) }));
  expect(judge(allowing(0.5), { series: untilTheGap })).toMatchObject({ outcome: 'inconclusive' });
});

test('just the share that must be known is enough, whatever the share', () => {
  // 1 - 0.9 is less than a tenth, as doubles are.
  const nineOfTen = [{ labels: {}, samples: [0, 1, 2, 3, 5, 6, 7, 8, 9].map((at): Sample => [at, 0]) }];
  const judged = (knownShare: number) => judge(budget({ over: 'every-step', knownShare }), { series: nineOfTen, to: 9_000 });
  expect(judged(0.9)).toMatchObject({ outcome: 'pass' });
  expect(judged(0.91)).toMatchObject({ outcome: 'inconclusive' });
});

const of = (processor: string, ...values: readonly number[]) => ({
  labels: { faultline_processor: processor },
  samples: values.map((value, at): Sample => [at, value]),
});

test('where each series must have a number, one without any is not known, whatever the others have', () => {
  const each = budget({ eachSeries: true });
  const silent = [of('events', 0.05), of('timelines', Number.NaN)];
  expect(judge(each, { series: silent })).toMatchObject({
    outcome: 'inconclusive',
    summary: expect.stringContaining('Not known: there is no number for faultline_processor="timelines"'),
  });
  expect(judge(budget(), { series: silent })).toMatchObject({ outcome: 'pass' });
  expect(judge(each, { series: [of('events', 0.05), of('timelines', 0.1)] })).toMatchObject({ outcome: 'pass', measured: { value: 0.1 } });
  // Proof all the same.
  expect(judge(each, { series: [of('events', 0.2), of('timelines', Number.NaN)] })).toMatchObject({
    outcome: 'fail',
    measured: { value: 0.2 },
  });
  const steps = budget({ eachSeries: true, over: 'every-step' });
  const zeros = Array.from({ length: 11 }, () => 0);
  expect(judge(steps, { series: [of('events', ...zeros), of('timelines', ...zeros.map(() => Number.NaN))] })).toMatchObject({
    outcome: 'inconclusive',
  });
  expect(judge(steps, { series: [of('events', ...zeros), of('timelines', Number.NaN, 0)] })).toMatchObject({ outcome: 'pass' });
});

test('an infinite quantile breaks an upper bound', () => {
  expect(judge(budget(), { series: series(Infinity) })).toMatchObject({ outcome: 'fail', measured: { value: null } });
});
