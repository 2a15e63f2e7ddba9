import { expect, test } from 'vitest';
import { duplicateInLog } from './duplicate-in-log.ts';
import { quietScenario, simulateRun, withRows } from './testing/simulated-run.ts';

const run = simulateRun({ ...quietScenario, traffic: { ...quietScenario.traffic, duplicates: { share: 0.2, withinMs: 300 } } });

test('events that were delivered twice are in the log once', () => {
  expect(run.operations.some(({ delivery }) => delivery === 'duplicate')).toBe(true);
  expect(duplicateInLog(run).outcome).toBe('pass');
});

test('one identity in two rows is a duplicate', () => {
  const result = duplicateInLog(withRows(run, 'log', (rows) => [...rows, { ...rows[3]!, id: 77_777, position: 9999 }]));
  expect(result).toMatchObject({ outcome: 'fail', findingsTotal: 1 });
});

test('one id for two rows is a duplicate, even with two identities', () => {
  expect(
    duplicateInLog(withRows(run, 'log', (rows) => [...rows, { ...rows[3]!, idempotencyKey: 'another', position: 9999 }])).outcome,
  ).toBe('fail');
});

test('events without an identity are each their own', () => {
  expect(
    duplicateInLog(withRows(run, 'log', (rows) => rows.map((row, index) => (index < 2 ? { ...row, idempotencyKey: null } : row)))).outcome,
  ).toBe('pass');
});

test('an empty log shows nothing', () => {
  expect(duplicateInLog(withRows(run, 'log', () => [])).outcome).toBe('inconclusive');
});
