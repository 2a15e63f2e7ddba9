import { expect, test } from 'vitest';
import type { FaultEvidence, RunData } from '../engine/run-data.ts';
import type { Fault } from '../scenario/scenario.ts';
import { stopsInOrder } from './stops-in-order.ts';
import { quietScenario, simulateRun, zeroAt } from './testing/simulated-run.ts';

const victims = ['first', 'second'] as const;
const faults = victims.map((name, index): Fault => ({
  kind: 'restart',
  name,
  role: 'worker',
  index,
  at: { phase: 'steady', afterSeconds: index },
}));
const quiet = simulateRun({ ...quietScenario, faults });

type Ended = { readonly tookMs: number; readonly code?: number | null; readonly signal?: string | null };
const inOrder: Ended = { tookMs: 400, code: 0, signal: null };

const evidenceOf = (fault: string, ended: Ended): FaultEvidence => ({
  fault,
  kind: 'restart',
  injectedAt: zeroAt,
  healedAt: zeroAt + 1000,
  tookEffect: ended.code === 0,
  healed: true,
  observations: [
    { at: zeroAt, source: 'process', observed: 'it ended, or not', data: { event: 'exited', pid: 1, instance: 'a', ...ended } },
    { at: zeroAt, source: 'process', observed: 'it runs again', data: { event: 'restarted', pid: 2 } },
  ],
});
const stopped = (second: Ended): RunData => ({ ...quiet, evidence: [evidenceOf('first', inOrder), evidenceOf('second', second)] });
const judged = (run: RunData) => [stopsInOrder(run, { seconds: 20 })].flat()[0]!;

test('processes that end by themselves, with code 0 and within their time, stop in order', () => {
  expect(judged(stopped(inOrder))).toMatchObject({ outcome: 'pass', measured: { value: 0 } });
  expect(judged(stopped({ ...inOrder, tookMs: 20_000 })).outcome).toBe('pass');
});

test.each<[string, Ended, RegExp]>([
  ['with another code', { ...inOrder, code: 1 }, /^the process that second stopped ended with code 1$/],
  ['by a signal', { tookMs: 400, code: null, signal: 'SIGTERM' }, /was ended by SIGTERM$/],
  ['too late', { ...inOrder, tookMs: 20_001 }, /ended only after 20001 ms$/],
  ['never', { tookMs: 25_000 }, /still ran after 25000 ms$/],
])('one that ends %s does not', (_how, ended, message) => {
  const result = judged(stopped(ended));
  expect(result).toMatchObject({ outcome: 'fail', findingsTotal: 1 });
  expect(result.findings[0]?.message).toMatch(message);
});

test('of one that was waited for too short a time, or that nobody stopped, nothing is known', () => {
  expect(judged(stopped({ tookMs: 300 })).outcome).toBe('inconclusive');
  expect(judged({ ...quiet, evidence: [evidenceOf('first', inOrder)] }).outcome).toBe('inconclusive');
  expect(judged({ ...quiet, evidence: [evidenceOf('first', { ...inOrder, code: 1 })] }).outcome).toBe('fail');
  expect(judged(simulateRun()).outcome).toBe('inconclusive');
});
