import { expect, test } from 'vitest';
import type { MachineSample } from '../engine/run-data.ts';
import type { Operation } from '../history/operation.ts';
import { lagOverSeen } from './lag-over-seen.ts';
import { lagRecovers } from './lag-recovers.ts';
import { memoryWithin } from './memory-within.ts';
import { refusalsAreDefinite } from './refusals-are-definite.ts';
import { refusalsSeen } from './refusals-seen.ts';
import { refusedInTime } from './refused-in-time.ts';
import { simulateRun, withOperations, withRows, zeroAt, type SimulatedRun } from './testing/simulated-run.ts';

const quiet = simulateRun();
const refusal: Partial<Operation> = { outcome: 'failed', status: 503, code: 'overloaded', retryAfterSeconds: 1, id: null, duplicate: null };
/** Every tenth event is refused, and is not in the log. */
const refusing = (answer: Partial<Operation> = refusal): SimulatedRun => {
  const isRefused = ({ event }: Operation): boolean => event % 10 === 0;
  const refused = new Set(quiet.operations.filter(isRefused).map(({ idempotencyKey }) => idempotencyKey));
  const operations = withOperations(quiet, (all) =>
    all.map((operation) => (isRefused(operation) ? { ...operation, ...answer } : operation)),
  );
  return withRows(operations, 'log', (rows) => rows.filter(({ idempotencyKey }) => !refused.has(idempotencyKey ?? '')));
};

test('refusals with 503 overloaded and Retry-After, of which nothing is stored, pass', () => {
  expect(refusalsAreDefinite(refusing())).toMatchObject({ outcome: 'pass', measured: { value: 60 } });
});

test('a target may be full on disk too', () => {
  const full = refusing({ ...refusal, code: 'disk_budget_used' });
  expect(refusalsAreDefinite(full)).toMatchObject({ outcome: 'pass', measured: { value: 60 } });
  expect(refusalsSeen(full, { atLeast: 60 })).toMatchObject({ outcome: 'pass' });
  expect(refusalsAreDefinite(refusing({ ...refusal, code: 'storage_unavailable' })).outcome).toBe('fail');
});

test('a refusal without Retry-After, or with another status or code, fails', () => {
  expect(refusalsAreDefinite(refusing({ ...refusal, retryAfterSeconds: null }))).toMatchObject({ outcome: 'fail', findingsTotal: 60 });
  expect(refusalsAreDefinite(refusing({ ...refusal, status: 429, code: 'too_many' })).outcome).toBe('fail');
  expect(refusalsAreDefinite(refusing({ ...refusal, status: 500, code: 'internal', outcome: 'unknown' })).outcome).toBe('fail');
});

test('a refused event that is in the log fails', () => {
  const stored = withRows(refusing(), 'log', () => quiet.finalState.filter((row) => row.kind === 'log'));
  expect(refusalsAreDefinite(stored)).toMatchObject({ outcome: 'fail', findingsTotal: 60 });
});

test('a refused event may be in the log where another delivery of it was acknowledged', () => {
  const stored = withRows(refusing(), 'log', () => quiet.finalState.filter((row) => row.kind === 'log'));
  const again = withOperations(stored, (operations) => [
    ...operations,
    ...quiet.operations.map((operation) => ({ ...operation, op: operation.op + 10_000, delivery: 'duplicate' as const })),
  ]);
  expect(refusalsAreDefinite(again).outcome).toBe('pass');
});

test('refusals within their bound and with Retry-After are in time, whatever their code', () => {
  const late = { seconds: 0.006 };
  expect(refusedInTime(refusing(), late)).toMatchObject({ outcome: 'pass', measured: { value: 0.005, bound: '<= 0.006 s' } });
  expect(refusedInTime(refusing({ ...refusal, code: 'commit_unknown', outcome: 'unknown' }), late)).toMatchObject({ outcome: 'pass' });
});

test('a 503 that comes late or without Retry-After is not; another answer may take as long as it likes', () => {
  const bound = { seconds: 5 };
  const slow = { doneAt: 1_000_000 };
  expect(refusedInTime(refusing({ ...refusal, ...slow }), bound)).toMatchObject({ outcome: 'fail', findingsTotal: 60 });
  expect(refusedInTime(refusing({ ...refusal, retryAfterSeconds: null }), bound)).toMatchObject({ outcome: 'fail', findingsTotal: 60 });
  const accepted = withOperations(refusing(), (all) => all.map((each) => (each.status === 503 ? each : { ...each, ...slow })));
  expect(refusedInTime(accepted, bound)).toMatchObject({ outcome: 'pass' });
});

test('who waits beyond the bound for no answer is told too late; a connection that broke before is not judged', () => {
  const silent = { outcome: 'unknown', status: null, code: 'client_timeout', id: null, duplicate: null } as const;
  const one = (change: Partial<Operation>) =>
    withOperations(refusing(), (all) => all.map((each, place) => (place === 1 ? { ...each, ...silent, ...change } : each)));
  expect(refusedInTime(one({ doneAt: 1_000_000 }), { seconds: 5 })).toMatchObject({ outcome: 'fail', findingsTotal: 1 });
  expect(refusedInTime(one({}), { seconds: 5 })).toMatchObject({ outcome: 'pass' });
});

test('a line of an imported file has no answer of its own, and nobody waited for one', () => {
  const imported = { op: 100_000_000, attempt: 2, status: null, id: null, doneAt: 1_000_000 };
  const beside = withOperations(refusing(), (all) => all.map((each, place) => (place === 1 ? { ...each, ...imported } : each)));
  expect(refusedInTime(beside, { seconds: 5 })).toMatchObject({ outcome: 'pass' });
});

test('a history that is cut off shows a refusal that came late, and not that there was none', () => {
  const cut = { ...refusing(), historyComplete: false };
  expect(refusedInTime(cut, { seconds: 5 })).toMatchObject({ outcome: 'inconclusive' });
  expect(refusedInTime(cut, { seconds: 0.001 })).toMatchObject({ outcome: 'fail' });
});

test('without refusals nothing is claimed of them, and none are seen', () => {
  expect(refusedInTime(quiet, { seconds: 5 })).toMatchObject({ outcome: 'inconclusive' });
  expect(refusalsAreDefinite(quiet).outcome).toBe('inconclusive');
  expect(refusalsSeen(quiet, { atLeast: 1 })).toMatchObject({ outcome: 'inconclusive' });
  expect(refusalsSeen(refusing(), { atLeast: 60 })).toMatchObject({ outcome: 'pass' });
  expect(refusalsSeen(refusing(), { atLeast: 61 })).toMatchObject({ outcome: 'inconclusive' });
});

/** Nothing is applied before `second`: until then lag only grows. */
const stuckUntil = (second: number): SimulatedRun => {
  const late = (row: { appliedAt: number }) => ({ appliedAt: Math.max(row.appliedAt, zeroAt + second * 1000) });
  const run = withRows(quiet, 'event', (rows) => rows.map((row) => ({ ...row, ...late(row) })));
  return withRows(run, 'timeline-entry', (rows) => rows.map((row) => ({ ...row, ...late(row) })));
};
const parameters = { under: 50, withinSeconds: 3, phase: 'warm-up' };

test('lag that is back under its bound in time passes', () => {
  expect(lagRecovers(stuckUntil(4), parameters)).toMatchObject({ outcome: 'pass', measured: { value: 3 } });
  expect(lagRecovers(quiet, parameters)).toMatchObject({ outcome: 'pass', measured: { value: 0 } });
});

test('lag that is back too late, or never, fails', () => {
  expect(lagRecovers(stuckUntil(4.2), parameters)).toMatchObject({ outcome: 'fail', findingsTotal: 2 });
  const never = withRows(quiet, 'timeline-entry', () => []);
  expect(lagRecovers(never, parameters)).toMatchObject({ outcome: 'fail', measured: { value: null } });
});

test('without the phase, or the final state, nothing is claimed of lag', () => {
  expect(lagRecovers(quiet, { ...parameters, phase: 'elsewhere' })).toMatchObject({ outcome: 'inconclusive' });
  expect(lagRecovers({ ...quiet, finalStateComplete: false }, parameters)).toMatchObject({ outcome: 'inconclusive' });
});

test('lag is seen from the history alone', () => {
  expect(lagOverSeen({ ...stuckUntil(4), signals: null }, { atLeast: 390 })).toMatchObject({ outcome: 'pass' });
  expect(lagOverSeen(stuckUntil(4), { atLeast: 410 })).toMatchObject({ outcome: 'inconclusive' });
  expect(lagOverSeen({ ...stuckUntil(4), finalStateComplete: false }, { atLeast: 1 })).toMatchObject({ outcome: 'inconclusive' });
});

test('memory within its bound passes, one process over it fails, no sample is inconclusive', () => {
  expect(memoryWithin(quiet, { megabytes: 90 })).toMatchObject({ outcome: 'pass', measured: { value: 90 } });
  expect(memoryWithin(quiet, { megabytes: 89 })).toMatchObject({ outcome: 'fail', findingsTotal: 1 });
  expect(memoryWithin({ ...quiet, machine: [] }, { megabytes: 350 })).toMatchObject({ outcome: 'inconclusive' });
});

const sampling = (keep: (process: MachineSample['processes'][number]) => MachineSample['processes'][number] | null): SimulatedRun => ({
  ...quiet,
  machine: quiet.machine.map((sample) => ({ ...sample, processes: sample.processes.map(keep).filter((process) => process !== null) })),
});

test('memory that was sampled of some roles only is not known to be within its bound, but beyond it is beyond it', () => {
  const parameters = { megabytes: 350 };
  const noWorkers = sampling((process) => (process.role === 'worker' ? null : process));
  expect(memoryWithin(noWorkers, parameters)).toMatchObject({
    outcome: 'inconclusive',
    summary: expect.stringContaining('0 of 2 of role worker'),
  });
  const oneWorker = sampling((process) => (process.pid === 12 ? { ...process, pssBytes: null } : process));
  expect(memoryWithin(oneWorker, parameters)).toMatchObject({
    outcome: 'inconclusive',
    summary: expect.stringContaining('1 of 2 of role worker'),
  });
  const anotherRole = sampling((process) => (process.role === 'query' ? { ...process, role: 'postgres', pssBytes: null } : process));
  expect(memoryWithin(anotherRole, parameters)).toMatchObject({ summary: expect.stringContaining('0 of 1 of role postgres') });
  // It lives on from scenario to scenario.
  const harness = { ...quiet.machine[0]!.processes[0]!, role: 'harness', pid: 9, pssBytes: 900_000_000 };
  const besides = { ...quiet, machine: quiet.machine.map((sample) => ({ ...sample, processes: [...sample.processes, harness] })) };
  expect(memoryWithin(besides, parameters)).toMatchObject({ outcome: 'pass' });
  expect(memoryWithin(noWorkers, { megabytes: 89 })).toMatchObject({ outcome: 'fail' });
  expect(memoryWithin({ ...quiet, machineComplete: false }, parameters)).toMatchObject({ outcome: 'inconclusive' });
  expect(memoryWithin({ ...quiet, machineComplete: false }, { megabytes: 89 })).toMatchObject({ outcome: 'fail' });
});
