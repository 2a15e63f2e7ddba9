import { expect, test } from 'vitest';
import { measurePhases } from './measure.ts';
import type { Stage } from './plan/stage.ts';
import type { PhaseResult } from './result.ts';
import { createLoadTally } from './worker/tally.ts';

const stageOf = (name: string, seconds: number, ratePerSecond: number): Stage => ({
  name,
  kind: name === 'settle' ? 'warm-up' : 'steady',
  seconds,
  fromPerSecond: ratePerSecond,
  toPerSecond: ratePerSecond,
});

/** Evenly spaced arrivals, shared between two workers, each answered when `doneAtMs` says. */
const measure = (stages: readonly Stage[], doneAtMs: (intendedAtMs: number, number: number) => number): readonly PhaseResult[] => {
  const tallies = [createLoadTally(stages, 1000), createLoadTally(stages, 1000)] as const;
  let [number, beginMs] = [0, 0];
  for (const [stage, { seconds, fromPerSecond }] of stages.entries()) {
    for (let n = 0; n < seconds * fromPerSecond; n += 1, number += 1) {
      const intendedAtMs = beginMs + (n * 1000) / fromPerSecond;
      const tally = tallies[number % 2 === 0 ? 0 : 1];
      tally.handed(stage, intendedAtMs, 0);
      const ended = { stage, intendedAtMs, handedAtMs: intendedAtMs, doneAtMs: doneAtMs(intendedAtMs, number) };
      tally.ended({ ...ended, error: null, isTimed: true });
    }
    beginMs += seconds * 1000;
  }
  return measurePhases(
    stages,
    tallies.map((tally) => ({ stages: tally.stages(), slices: tally.slices() })),
  );
};

test('a target that answers half of what comes, and the rest after the phase, has half the throughput', () => {
  const [phase] = measure([stageOf('steady', 10, 100)], (_at, number) => (number + 1) * 20);
  expect(phase).toMatchObject({ sent: 1000, ok: 1000, failed: 0 });
  expect(phase?.throughput).toBeCloseTo(50, 0);
});

test('it has no more after a warm-up that left it behind', () => {
  const [, probe] = measure([stageOf('settle', 2, 100), stageOf('probe', 5, 100)], (_at, number) => (number + 1) * 20);
  expect(probe?.throughput).toBeCloseTo(50, 0);
});

test('neither one slow answer nor a time that every answer takes is a low throughput', () => {
  const [straggling] = measure([stageOf('steady', 10, 100)], (at, number) => at + (number === 500 ? 9000 : 5));
  expect(straggling?.throughput).toBeGreaterThan(99);
  const [, slow] = measure([stageOf('settle', 2, 100), stageOf('probe', 5, 100)], (at) => at + 800);
  expect(slow?.throughput).toBeGreaterThan(99);
  const [short] = measure([stageOf('steady', 1, 100)], (at) => at + 500);
  expect(short?.throughput).toBeGreaterThan(99);
  const [, patient] = measure([stageOf('settle', 2, 100), stageOf('probe', 5, 100)], (at) => at + 3000);
  expect(patient?.throughput).toBeGreaterThan(99);
});

test('a throughput is never more than what was sent: what an earlier phase left behind is not in it', () => {
  const stages = [stageOf('spike', 2, 200), stageOf('after', 4, 50)];
  const [, after] = measure(stages, (at, number) => Math.max(at, (number + 1) * 10));
  expect(after?.throughput).toBeLessThanOrEqual(50);
});
