import { expect, test } from 'vitest';
import { phantom } from './phantom.ts';
import { changeFirst, simulateRun, withOperations, withRows } from './testing/simulated-run.ts';

const run = simulateRun();

test('what is there was sent', () => {
  expect(phantom(run).outcome).toBe('pass');
});

test('a row that nobody sent is a phantom', () => {
  const result = phantom(
    withRows(run, 'log', (rows) => [...rows, { ...rows[0]!, id: 99_999, idempotencyKey: 'nobody-sent-this', position: 9999 }]),
  );
  expect(result).toMatchObject({ outcome: 'fail', findingsTotal: 1 });
});

test('a row without an identity is one that nobody sent', () => {
  expect(phantom(withRows(run, 'log', (rows) => changeFirst(rows, { idempotencyKey: null }))).outcome).toBe('fail');
});

test('a definitely refused event that is in the log is a phantom', () => {
  const result = phantom(
    withOperations(run, (operations) => changeFirst(operations, { outcome: 'failed', status: 503, code: 'overloaded', id: null })),
  );
  expect(result).toMatchObject({ outcome: 'fail', findingsTotal: 1 });
  expect(result.findings[0]?.message).toContain('refused for good');
});

test('a refused event may be there where another of its deliveries is in doubt', () => {
  const doubtful = withOperations(run, (operations) => [
    ...changeFirst(operations, { outcome: 'failed', status: 503, code: 'overloaded', id: null }),
    { ...operations[0]!, op: 9999, delivery: 'duplicate', outcome: 'unknown', status: null, id: null },
  ]);
  expect(phantom(doubtful).outcome).toBe('pass');
});

test('an effect of an event that is not in the log is a phantom', () => {
  expect(phantom(withRows(run, 'timeline-entry', (rows) => changeFirst(rows, { eventId: 88_888 }))).outcome).toBe('fail');
});

test('with a history that is cut off nothing is claimed', () => {
  expect(phantom({ ...run, historyComplete: false }).outcome).toBe('inconclusive');
});
