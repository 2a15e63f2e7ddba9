import { expect, test } from 'vitest';
import type { Operation } from '../history/operation.ts';
import { everyEventAcknowledged } from './every-event-acknowledged.ts';
import { invertedSeen } from './inverted-seen.ts';
import { refusedNobody } from './refused-nobody.ts';
import { changeFirst, quietScenario, simulateRun, withOperations, withRows } from './testing/simulated-run.ts';

const quiet = simulateRun();
const twice = simulateRun({ ...quietScenario, traffic: { ...quietScenario.traffic, duplicates: { share: 0.5, withinMs: 300 } } });
const refused = { outcome: 'failed', status: 503, code: 'overloaded', id: null } as const;

test('an event that was taken at its second attempt is acknowledged, whatever the first one met', () => {
  const second = twice.operations.find(({ delivery }) => delivery === 'duplicate')!;
  const run = withOperations(twice, (all) =>
    changeFirst(all, refused, ({ event, delivery }) => event === second.event && delivery === 'first'),
  );
  expect(everyEventAcknowledged(run)).toMatchObject({ outcome: 'pass' });
});

test.each(['failed', 'unknown'] as const)('an event whose every attempt ended %s is acknowledged by none', (outcome) => {
  const { event } = twice.operations.find(({ delivery }) => delivery === 'duplicate')!;
  const run = withOperations(twice, (all) => all.map((each) => (each.event === event ? { ...each, ...refused, outcome } : each)));
  expect(everyEventAcknowledged(run)).toMatchObject({ outcome: 'fail', findingsTotal: 1 });
});

test('an attempt that was refused is found, also where the next one was taken; one without an answer is none', () => {
  const answered = (answer: Partial<Operation>) => refusedNobody(withOperations(twice, (all) => changeFirst(all, answer)));
  expect(refusedNobody(twice)).toMatchObject({ outcome: 'pass', measured: { value: 0 } });
  expect(answered({ ...refused, code: 'shutting_down' })).toMatchObject({ outcome: 'fail', findingsTotal: 1 });
  expect(answered({ ...refused, status: 429, code: 'quota_exceeded' }).outcome).toBe('fail');
  expect(answered({ outcome: 'unknown', status: 500, code: 'internal', id: null }).outcome).toBe('fail');
  expect(answered({ outcome: 'unknown', status: null, code: 'client_connection_reset', id: null }).outcome).toBe('pass');
});

test('poison that is refused at the door is no refusal of a good event', () => {
  const poison = { share: 0.2, kinds: ['broken-json'] } as const;
  expect(refusedNobody(simulateRun({ ...quietScenario, traffic: { ...quietScenario.traffic, poison } })).outcome).toBe('pass');
});

test('a history that is cut off shows a refusal that is there, and not that there was none', () => {
  const cut = { ...quiet, historyComplete: false };
  expect(refusedNobody(cut).outcome).toBe('inconclusive');
  expect(refusedNobody(withOperations(cut, (all) => changeFirst(all, refused))).outcome).toBe('fail');
  expect(refusedNobody(withOperations(quiet, () => [])).outcome).toBe('inconclusive');
});

test('a history that is cut off, or without a good event, shows nothing of attempts', () => {
  expect(everyEventAcknowledged({ ...quiet, historyComplete: false }).outcome).toBe('inconclusive');
  expect(everyEventAcknowledged(withOperations(quiet, () => [])).outcome).toBe('inconclusive');
});

test('an event that was received before another of its key and appended after it is inverted; of other keys none is', () => {
  const { systemName, objectId } = quiet.operations[0]!;
  const run = withRows(quiet, 'log', (rows) => {
    const last = rows.findLast((row) => row.systemName === systemName && row.objectId === objectId)!;
    return rows.map((row) => (row === last ? { ...row, receivedAt: 0 } : row));
  });
  expect(invertedSeen(run, { atLeast: 1 })).toMatchObject({ outcome: 'pass', measured: { value: 1 } });
  expect(invertedSeen(quiet, { atLeast: 1 })).toMatchObject({ outcome: 'inconclusive', measured: { value: 0 } });
});
