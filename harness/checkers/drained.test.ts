import { expect, test } from 'vitest';
import { drained } from './drained.ts';
import { simulateRun } from './testing/simulated-run.ts';

const run = simulateRun();
const endsAt = run.timeline.phases.at(-2)!.to;
const drainedAfter = (ms: number | null, pending: string[] = []) => ({
  ...run,
  timeline: { ...run.timeline, drainedAt: ms === null ? null : endsAt + ms, drainPending: pending },
});

test('what drains within its bound passes, up to the bound itself', () => {
  expect(drained(drainedAfter(300)).outcome).toBe('pass');
  expect(drained(drainedAfter(10_000)).outcome).toBe('pass');
});

test('what drains too late fails', () => {
  expect(drained(drainedAfter(10_001)).outcome).toBe('fail');
});

test('what never drains fails, with every reason', () => {
  const result = drained(drainedAfter(null, ['lane 3 of timelines: 12 events behind', '2 early events']));
  expect(result).toMatchObject({ outcome: 'fail', findingsTotal: 2 });
  expect(result.summary).toContain('12 events behind');
});

test('the time counts from the healing of the last fault', () => {
  const evidence = [
    { fault: 'f', kind: 'pause', injectedAt: endsAt, healedAt: endsAt + 5000, tookEffect: true, healed: true, observations: [] },
  ];
  expect(drained({ ...drainedAfter(14_000), evidence }).outcome).toBe('pass');
});

test('without traffic there was nothing to drain', () => {
  expect(drained({ ...run, timeline: { ...run.timeline, phases: [] } }).outcome).toBe('inconclusive');
});
