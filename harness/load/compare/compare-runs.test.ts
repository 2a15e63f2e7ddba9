import { expect, test } from 'vitest';
import { createRandom } from '../../traffic/random.ts';
import type { PhaseResult, SliceResult } from '../result.ts';
import { type Compared, compareRuns } from './compare-runs.ts';

const runOf = (seed: number, medianMs: number, noise: number, more: Partial<Compared> = {}, slices = 20): Compared => {
  const random = createRandom(seed, 'test');
  const sliceAt = (at: number): SliceResult => {
    const p50 = medianMs * (1 + (random.unit() - 0.5) * 2 * noise);
    return { at, phase: 'steady', seconds: 1, sent: 100, ok: 100, failed: 0, late: 0, p50, p99: p50 * 3, max: p50 * 4, delayMaxMs: 1 };
  };
  return {
    id: `run-${seed}`,
    plan: [{ name: 'steady', kind: 'steady', seconds: 20, fromPerSecond: 100, toPerSecond: 100 }],
    arrivals: 'constant',
    driver: 'http',
    request: { method: 'GET', headers: [], bodyBytes: 0, batchItems: null },
    measured: { phases: [], slices: Array.from({ length: slices }, (_, at) => sliceAt(at)), saturation: [], generatorCpuSeconds: 0 },
    ...more,
  };
};
const changes = (before: Compared, after: Compared) =>
  compareRuns(before, after, 0.1).figures.map(({ figure, change }) => [figure, change]);

test('a run that is half slower is a regression, in each figure of latency', () => {
  const result = compareRuns(runOf(1, 10, 0.1), runOf(2, 15, 0.1), 0.1);
  expect(result).toMatchObject({ regressed: 'yes', problems: [] });
  expect(result.figures.find(({ figure }) => figure === 'p50')).toMatchObject({ change: 'worse', ratio: expect.closeTo(1.5, 0) as number });
});

test('the same again is none, nor is a change within the tolerance, however sure', () => {
  expect(compareRuns(runOf(1, 10, 0.1), runOf(2, 10, 0.1), 0.1).regressed).toBe('no');
  expect(compareRuns(runOf(1, 10, 0.001), runOf(2, 10.9, 0.001), 0.1).regressed).toBe('no');
});

test('a difference beyond the tolerance that is within the noise is neither a regression nor none', () => {
  const result = compareRuns(runOf(1, 10, 0.95, {}, 6), runOf(2, 16, 0.95, {}, 6), 0.1);
  expect(result.figures.map(({ change }) => change)).toEqual(['unsure', 'unsure', 'same']);
  expect(result.regressed).toBe('unproven');
});

test('faster is better, and no regression', () => {
  expect(changes(runOf(1, 15, 0.1), runOf(2, 10, 0.1))).toEqual([
    ['p50', 'better'],
    ['p99', 'better'],
    ['throughput', 'same'],
  ]);
});

test('less throughput is a regression', () => {
  const after = runOf(2, 10, 0.1);
  const slow = {
    ...after,
    measured: { ...after.measured, slices: after.measured.slices.map((slice) => ({ ...slice, ok: 50, failed: 50 })) },
  };
  expect(changes(runOf(1, 10, 0.1), slow).at(-1)).toEqual(['throughput', 'worse']);
});

test('another plan can not be compared, nor can a few slices: then nothing is green', () => {
  const other = runOf(2, 10, 0.1, { plan: [{ name: 'steady', kind: 'steady', seconds: 20, fromPerSecond: 200, toPerSecond: 200 }] });
  expect(compareRuns(runOf(1, 10, 0.1), other, 0.1)).toMatchObject({
    regressed: 'unproven',
    problems: [expect.stringContaining('another plan')],
  });
  expect(compareRuns(runOf(1, 10, 0.1, {}, 4), runOf(2, 10, 0.1), 0.1).regressed).toBe('unproven');
});

const lateIn = (run: Compared, lateRatio: number): Compared => ({
  ...run,
  measured: { ...run.measured, phases: [{ name: 'steady', lateRatio } as PhaseResult] },
});

test.each([
  ['the earlier run', 0.03, 0],
  ['this run', 0, 0.03],
])('what a generator that was late in %s adds itself is no regression, and hides none', (run, old, now) => {
  const result = compareRuns(lateIn(runOf(1, 10, 0.1), old), lateIn(runOf(2, 30, 0.1), now), 0.1);
  expect(result).toMatchObject({ regressed: 'unproven', figures: [] });
  expect(result.problems).toEqual([
    `steady is not compared: in ${run} the generator sent 3.0% of steady more than 10 ms late (at most 2%)`,
  ]);
});

test('a lateness within its bound changes nothing', () => {
  expect(compareRuns(lateIn(runOf(1, 10, 0.1), 0.02), lateIn(runOf(2, 30, 0.1), 0.02), 0.1).regressed).toBe('yes');
});
