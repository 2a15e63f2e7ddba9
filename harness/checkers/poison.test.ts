import { expect, test } from 'vitest';
import { keyOf } from '../history/run-index.ts';
import { deadLettersEqualPoison } from './dead-letters-equal-poison.ts';
import { deadLettersSeen } from './dead-letters-seen.ts';
import { equalsOrderedDelivery } from './equals-ordered-delivery.ts';
import { goodEventsAccepted } from './good-events-accepted.ts';
import { noDeadLetters } from './no-dead-letters.ts';
import { poisonAnswers } from './poison-answers.ts';
import { changeFirst, quietScenario, simulateRun, withOperations, withRows } from './testing/simulated-run.ts';

const kinds = ['broken-json', 'wrong-types', 'oversized', 'hostile-text', 'handler-throws', 'handler-hangs'] as const;
const run = simulateRun({ ...quietScenario, traffic: { ...quietScenario.traffic, poison: { share: 0.1, kinds } } });
const quiet = simulateRun();

test('poison of every kind that gets its answer passes', () => {
  expect(new Set(run.operations.flatMap(({ poison }) => poison ?? []))).toEqual(new Set(kinds));
  expect(poisonAnswers(run).outcome).toBe('pass');
});

test.each(['broken-json', 'wrong-types', 'oversized', 'hostile-text'] as const)('%s that is accepted is a failure', (kind) => {
  const accepted = withOperations(run, (operations) =>
    changeFirst(operations, { status: 200, code: null, outcome: 'ok' }, ({ poison }) => poison === kind),
  );
  expect(poisonAnswers(accepted)).toMatchObject({ outcome: 'fail', findingsTotal: 1 });
});

test('poison that is refused with the code of another kind is a failure', () => {
  expect(
    poisonAnswers(
      withOperations(run, (operations) => changeFirst(operations, { code: 'invalid_event' }, ({ poison }) => poison === 'broken-json')),
    ).outcome,
  ).toBe('fail');
});

test('poison for the handler that is refused at the door is a failure, but overload may refuse it', () => {
  const answered = (status: number, code: string) =>
    withOperations(run, (operations) =>
      changeFirst(operations, { status, code, outcome: 'failed' }, ({ poison }) => poison === 'handler-throws'),
    );
  expect(poisonAnswers(answered(400, 'invalid_event')).outcome).toBe('fail');
  expect(poisonAnswers(answered(503, 'overloaded')).outcome).toBe('pass');
});

test('a kind that never got its answer makes it inconclusive; a single lost answer does not', () => {
  const lose = (where: (index: number) => boolean) => {
    let index = -1;
    return withOperations(run, (operations) =>
      operations.map((operation) =>
        operation.poison === 'broken-json' && where((index += 1))
          ? { ...operation, status: null, code: 'client_connection_reset', outcome: 'unknown' }
          : operation,
      ),
    );
  };
  expect(poisonAnswers(lose((index) => index === 0)).outcome).toBe('pass');
  expect(poisonAnswers(lose(() => true)).outcome).toBe('inconclusive');
  expect(poisonAnswers(quiet).outcome).toBe('inconclusive');
});

const dead = run.finalState.find((row) => row.kind === 'parked' && row.reasonCode !== null)!;

test('exactly the poison of the handler being dead letters passes', () => {
  expect(run.finalState.some((row) => row.kind === 'parked' && row.reasonCode === null)).toBe(true);
  expect(deadLettersEqualPoison(run).outcome).toBe('pass');
});

test('poison that is in no dead letter was skipped', () => {
  const result = deadLettersEqualPoison(withRows(run, 'parked', (rows) => rows.filter((row) => row !== dead)));
  expect(result.findings.some(({ message }) => message.includes('is no dead letter'))).toBe(true);
});

test('a dead letter with the reason of another kind is found', () => {
  expect(
    deadLettersEqualPoison(withRows(run, 'parked', (rows) => changeFirst(rows, { reasonCode: 'data_refused' }, (row) => row === dead)))
      .outcome,
  ).toBe('fail');
});

test('a good event that became a dead letter is found', () => {
  const good = withRows(run, 'parked', (rows) =>
    changeFirst(rows, { reasonCode: 'handler_threw' }, ({ reasonCode }) => reasonCode === null),
  );
  expect(deadLettersEqualPoison(good).findings.some(({ message }) => message.includes('nothing was wrong'))).toBe(true);
});

test('an event of a key without poison that waits in the park is found', () => {
  const poisoned = new Set(run.finalState.flatMap((row) => (row.kind === 'parked' ? [keyOf(row)] : [])));
  const innocent = run.finalState.find((row) => row.kind === 'log' && !poisoned.has(keyOf(row)));
  if (innocent?.kind !== 'log') throw new Error('no event of a key without poison');
  const held = withRows(run, 'parked', (rows) => [
    ...rows,
    { ...rows[0]!, id: innocent.id, systemName: innocent.systemName, objectId: innocent.objectId, reasonCode: null, reasonMessage: null },
  ]);
  expect(deadLettersEqualPoison(held)).toMatchObject({ outcome: 'fail', findingsTotal: 1 });
});

test('good events are accepted: one that is not, or has no answer, fails; poison may be refused', () => {
  expect(goodEventsAccepted(run).outcome).toBe('pass');
  const without = (change: object) =>
    goodEventsAccepted(withOperations(run, (operations) => changeFirst(operations, change, ({ poison }) => poison === null)));
  expect(without({ outcome: 'failed', status: 503, code: 'overloaded' })).toMatchObject({ outcome: 'fail', findingsTotal: 1 });
  expect(without({ outcome: 'unknown', status: null, code: 'timeout' })).toMatchObject({ outcome: 'fail', findingsTotal: 1 });
  expect(goodEventsAccepted({ ...run, operations: [] }).outcome).toBe('inconclusive');
});

test('poison that is still retried when all is drained is found', () => {
  expect(
    deadLettersEqualPoison(withRows(run, 'parked', (rows) => changeFirst(rows, { state: 'retrying' }, (row) => row === dead))).outcome,
  ).toBe('fail');
});

test('an event that did not wait behind the poison of its key is found', () => {
  const waits = run.finalState.find((row) => row.kind === 'parked' && row.reasonCode === null)!;
  expect(deadLettersEqualPoison(withRows(run, 'parked', (rows) => rows.filter((row) => row !== waits))).findings[0]?.message).toContain(
    'does not wait behind',
  );
});

test('an event that was parked with the poison after it is found', () => {
  const parkedKeys = new Set(run.finalState.filter((row) => row.kind === 'parked').map((row) => keyOf(row)));
  const before = run.finalState.find((row) => row.kind === 'timeline-entry' && parkedKeys.has(keyOf(row)));
  expect(
    deadLettersEqualPoison(withRows(run, 'timeline-entry', (rows) => rows.filter((row) => row !== before))).findings[0]?.message,
  ).toContain('was not applied');
});

test('without poison nothing is claimed of dead letters', () => {
  expect(deadLettersEqualPoison(quiet).outcome).toBe('inconclusive');
  expect(deadLettersEqualPoison({ ...run, finalStateComplete: false }).outcome).toBe('inconclusive');
});

test('dead letters are seen from the number that is asked for on', () => {
  const count = run.finalState.filter((row) => row.kind === 'parked' && row.reasonCode !== null).length;
  expect(deadLettersSeen(run, { atLeast: count })).toMatchObject({ outcome: 'pass' });
  expect(deadLettersSeen(run, { atLeast: count + 1 })).toMatchObject({ outcome: 'inconclusive' });
  expect(deadLettersSeen(quiet, { atLeast: 1 })).toMatchObject({ outcome: 'inconclusive' });
});

test('where nothing may be parked, one parked event fails', () => {
  expect(noDeadLetters(quiet).outcome).toBe('pass');
  expect(noDeadLetters(run).outcome).toBe('fail');
  expect(noDeadLetters({ ...quiet, finalStateComplete: false }).outcome).toBe('inconclusive');
});

test('keys that are parked are left out of what ordered delivery makes', () => {
  expect(equalsOrderedDelivery(run).outcome).toBe('pass');
});
