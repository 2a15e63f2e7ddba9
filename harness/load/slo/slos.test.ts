import { expect, test } from 'vitest';
import type { PhaseResult } from '../result.ts';
import { createHistogram, encodeHistogram, recordMs } from '../worker/histogram.ts';
import { latencyOf } from '../measure.ts';
import { judgeSlos, verdictOf } from './judge-slos.ts';
import { parseSlo } from './parse-slo.ts';
import type { Slo } from './slo.ts';

const slo = (text: string): Slo => {
  const read = parseSlo(text);
  if ('problem' in read) throw new Error(read.problem);
  return read.slo;
};

/** Latencies from 1 ms to `count` ms, handed over `delayMs` late. */
const phaseOf = (count: number, more: Partial<PhaseResult> = {}, delayMs = 0): PhaseResult => {
  const [latency, own] = [createHistogram(3), createHistogram(3)];
  for (let ms = 1; ms <= count; ms += 1) {
    recordMs(latency, ms + delayMs);
    recordMs(own, ms);
  }
  return {
    name: 'steady',
    kind: 'steady',
    seconds: 10,
    plannedPerSecond: count / 10,
    sent: count,
    ok: count,
    failed: 0,
    errors: {},
    throughput: count / 10,
    errorShare: 0,
    retries: 0,
    latencyMs: latencyOf(latency),
    fromSendMs: latencyOf(own),
    scheduleDelayMs: latencyOf(createHistogram(3)),
    lateRatio: 0,
    blockedRatio: 0,
    histogram: encodeHistogram(latency),
    ...more,
  };
};
const outcome = (text: string, phase: PhaseResult) => judgeSlos([slo(text)], [phase])[0]?.outcome;

test.each([
  ['p99<200ms', { metric: { kind: 'percentile', percentile: 99 }, bound: 200, phase: null, comparison: '<' }],
  ['spike:p99.9 <= 1s', { metric: { kind: 'percentile', percentile: 99.9 }, bound: 1000, phase: 'spike' }],
  ['errors<0.1%', { metric: { kind: 'errors' }, bound: 0.001 }],
  ['throughput>=95%', { metric: { kind: 'kept' }, bound: 0.95, comparison: '>=' }],
  ['throughput>=950/s', { metric: { kind: 'throughput' }, bound: 950 }],
  ['max<500us', { metric: { kind: 'max' }, bound: 0.5 }],
])('%s is understood', (text, expected) => {
  expect(slo(text)).toMatchObject(expected);
});

test.each([
  ['p99', /is no gate/],
  ['p99<200', /needs its unit/],
  ['p99<200%', /is no gate|needs its unit/],
  ['p100<1s', /no figure p100/],
  ['erors<1%', /no figure erors/],
  ['errors<1', /in per cent/],
  ['errors<200%', /at most 100%/],
  ['throughput<10/s', /above its bound/],
  ['throughput<95%', /above its bound/],
  ['throughput>10', /or a share of what was sent/],
  ['p99>10ms', /below its bound/],
])('%s is a mistake that is explained', (text, message) => {
  expect(parseSlo(text)).toMatchObject({ problem: expect.stringMatching(message) as string });
});

test('a percentile at its bound is missed by <, and holds by <=', () => {
  const phase = phaseOf(1000);
  expect(phase.latencyMs.p50).toBeCloseTo(500, -1);
  expect(outcome('p50<490ms', phase)).toBe('missed');
  expect(outcome('p50<510ms', phase)).toBe('holds');
  expect(outcome(`p50<=${phase.latencyMs.p50}ms`, phase)).toBe('holds');
  expect(outcome(`p50<${phase.latencyMs.p50}ms`, phase)).toBe('missed');
});

test('a percentile of too few requests proves nothing good, and something bad all the same', () => {
  expect(outcome('p99<1s', phaseOf(299))).toBe('unproven');
  expect(outcome('p99<1s', phaseOf(300))).toBe('holds');
  expect(outcome('p99<100ms', phaseOf(299))).toBe('missed');
});

test('a late generator is never green', () => {
  const late = { lateRatio: 0.021 };
  expect(outcome('p50<1s', phaseOf(1000, late))).toBe('unproven');
  expect(outcome('p50<1s', phaseOf(1000, { lateRatio: 0.02 }))).toBe('holds');
  expect(outcome('errors<1%', phaseOf(1000, late))).toBe('unproven');
});

test('what a late generator adds itself is not held against the target; what remains without it is', () => {
  const late = { lateRatio: 0.5 };
  expect(outcome('p50<700ms', phaseOf(1000, late, 300))).toBe('unproven');
  expect(outcome('p50<400ms', phaseOf(1000, late, 300))).toBe('missed');
  expect(outcome('errors<1%', phaseOf(1000, { ...late, errorShare: 0.5, failed: 500 }))).toBe('missed');
});

test('where nothing was answered there is no latency, and no green', () => {
  expect(outcome('p50<1s', phaseOf(0, { plannedPerSecond: 10, sent: 100, failed: 100, errorShare: 1 }))).toBe('unproven');
  expect(outcome('errors<1%', phaseOf(0, { plannedPerSecond: 10 }))).toBe('unproven');
});

test('a gate without a phase is for all but the warm-up; one with a phase is for that alone', () => {
  const phases = [phaseOf(1000, { name: 'warm-up', kind: 'warm-up' }), phaseOf(1000), phaseOf(1000, { name: 'spike', kind: 'spike' })];
  expect(judgeSlos([slo('p50<1s')], phases).map(({ phase }) => phase)).toEqual(['steady', 'spike']);
  expect(judgeSlos([slo('spike:p50<1s')], phases).map(({ phase }) => phase)).toEqual(['spike']);
});

test('a miss is a failure whatever is in doubt; a doubt, or nothing to judge, is never a pass', () => {
  const gates = (...outcomes: ('holds' | 'missed' | 'unproven')[]) =>
    outcomes.map(
      (each) => ({ slo: '', phase: '', outcome: each, measured: 1, comparison: '<', bound: 1, unit: 'ms', because: null }) as const,
    );
  expect(verdictOf(gates('holds'), [], 'no')).toBe('pass');
  expect(verdictOf(gates('holds', 'missed'), ['late'], 'no')).toBe('fail');
  expect(verdictOf(gates('holds', 'unproven'), [], 'no')).toBe('inconclusive');
  expect(verdictOf(gates('holds'), ['late'], 'no')).toBe('inconclusive');
  expect(verdictOf([], [], 'no')).toBe('inconclusive');
  expect(verdictOf(gates('holds'), [], 'yes')).toBe('fail');
  expect(verdictOf(gates('holds'), [], 'unproven')).toBe('inconclusive');
});

test('a throughput is also judged as a share of what was sent', () => {
  expect(judgeSlos([slo('throughput>=95%')], [phaseOf(1000, { throughput: 50 })])).toMatchObject([
    { outcome: 'missed', measured: 0.5, unit: '' },
  ]);
  expect(outcome('throughput>=95%', phaseOf(1000, { throughput: 96 }))).toBe('holds');
  expect(outcome('throughput>=95%', phaseOf(1000, { sent: 0 }))).toBe('unproven');
});
