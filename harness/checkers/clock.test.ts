import { expect, test } from 'vitest';
import { clock } from './clock.ts';
import { simulateRun } from './testing/simulated-run.ts';

const run = simulateRun();
const stepped = (ms: number) => ({
  ...run,
  machine: run.machine.map((sample, index) => (index < 5 ? sample : { ...sample, at: sample.at + ms })),
});

test('a clock that ran on passes', () => {
  expect(clock(run).outcome).toBe('pass');
});

test('a clock that was set forward or back makes the run inconclusive, and says by how much', () => {
  expect(clock(stepped(2000))).toMatchObject({ outcome: 'inconclusive', findingsTotal: 1, measured: { value: 2000 } });
  expect(clock(stepped(-150)).findings[0]?.message).toContain('set back by 150 ms');
});

test('a clock that is slewed, and a machine that stood still with both clocks, are no step', () => {
  expect(clock(stepped(50)).outcome).toBe('pass');
  const paused = run.machine.map((sample, index) =>
    index < 5 ? sample : { ...sample, at: sample.at + 5000, monotonicMs: (sample.monotonicMs ?? 0) + 5000 },
  );
  expect(clock({ ...run, machine: paused }).outcome).toBe('pass');
});

test('without a second clock nothing is known', () => {
  expect(clock({ ...run, machine: run.machine.map(({ monotonicMs: _monotonicMs, ...sample }) => sample) }).outcome).toBe('inconclusive');
});
