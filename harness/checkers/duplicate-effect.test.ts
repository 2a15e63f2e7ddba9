import { expect, test } from 'vitest';
import { duplicateEffect } from './duplicate-effect.ts';
import { changeFirst, simulateRun, withRows } from './testing/simulated-run.ts';

const run = simulateRun();

test('every effect is there once', () => {
  expect(duplicateEffect(run).outcome).toBe('pass');
});

test('an event with two entries in a timeline is a doubled effect', () => {
  const doubled = withRows(run, 'timeline-entry', (rows) => [...rows, { ...rows[0]!, entry: 99 }]);
  const result = duplicateEffect(doubled);
  expect(result.outcome).toBe('fail');
  expect(result.findings[0]?.message).toContain('2 times');
});

test('a row twice in table events is a doubled effect', () => {
  expect(duplicateEffect(withRows(run, 'event', (rows) => [...rows, rows[0]!])).outcome).toBe('fail');
});

test('a count that is one too high is a doubled effect, though each entry is there once', () => {
  const result = duplicateEffect(withRows(run, 'count', (rows) => changeFirst(rows, { count: rows[0]!.count + 1 })));
  expect(result).toMatchObject({ outcome: 'fail', findingsTotal: 1 });
});

test('without any count each entry is one that was not counted, but of a target without books', () => {
  const names = run.finalState.filter((row) => row.kind === 'count').length;
  const uncounted = withRows(run, 'count', () => []);
  expect(duplicateEffect(uncounted)).toMatchObject({ outcome: 'fail', findingsTotal: names });
  expect(duplicateEffect(withRows(uncounted, 'checkpoint', () => []))).toMatchObject({ outcome: 'pass' });
});

test('counts may be spread over minutes', () => {
  const spread = withRows(run, 'count', (rows) => [
    ...rows.slice(1),
    { ...rows[0]!, count: 1 },
    { ...rows[0]!, minute: rows[0]!.minute + 60_000, count: rows[0]!.count - 1 },
  ]);
  expect(duplicateEffect(spread).outcome).toBe('pass');
});

test('an event that is applied and parked at once is found', () => {
  const entry = run.finalState.find((row) => row.kind === 'timeline-entry')!;
  const parked = { kind: 'parked', processor: 'timelines', id: entry.eventId, lane: entry.lane, position: entry.position } as never;
  expect(duplicateEffect(withRows(run, 'parked', () => [parked])).outcome).toBe('fail');
});

test('without any effect nothing is claimed', () => {
  expect(duplicateEffect({ ...run, finalState: [] }).outcome).toBe('inconclusive');
});
