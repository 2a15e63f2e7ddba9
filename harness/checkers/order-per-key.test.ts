import { expect, test } from 'vitest';
import { keyOf, type RowOf } from '../history/run-index.ts';
import { orderPerKey } from './order-per-key.ts';
import { quietScenario, simulateRun, withOperations, withRows } from './testing/simulated-run.ts';

const run = simulateRun();
const numbered = simulateRun({
  ...quietScenario,
  traffic: { ...quietScenario.traffic, sequenced: true, disorder: { share: 0.3, places: 20 } },
});

/** Entries 2 and 3 of the first timeline that has them change their events. */
const swapped = (rows: readonly RowOf<'timeline-entry'>[]): RowOf<'timeline-entry'>[] => {
  const key = keyOf(rows[0]!);
  const find = (entry: number) => rows.find((row) => keyOf(row) === key && row.entry === entry)!;
  const [second, third] = [find(2), find(3)];
  return rows.map((row) => (row === second ? { ...third, entry: 2 } : row === third ? { ...second, entry: 3 } : row));
};

test('events applied in their order pass, numbered or not', () => {
  expect(orderPerKey(run).outcome).toBe('pass');
  expect(orderPerKey(numbered).outcome).toBe('pass');
});

test('two events of a key in the wrong order are found, numbered or not', () => {
  expect(orderPerKey(withRows(run, 'timeline-entry', swapped)).outcome).toBe('fail');
  expect(orderPerKey(withRows(numbered, 'timeline-entry', swapped)).outcome).toBe('fail');
});

test('a sequence that was left out is found', () => {
  const key = keyOf(numbered.operations[0]!);
  const gap = withRows(numbered, 'timeline-entry', (rows) =>
    rows
      .filter((row) => !(keyOf(row) === key && row.entry === 2))
      .map((row) => (keyOf(row) === key && row.entry > 2 ? { ...row, entry: row.entry - 1 } : row)),
  );
  expect(orderPerKey(gap).findings[0]?.message).toMatch(/sequence 3 was applied where 2 was due/);
});

test('an entry number that is missing is found', () => {
  expect(orderPerKey(withRows(run, 'timeline-entry', (rows) => rows.filter(({ entry }) => entry !== 2))).outcome).toBe('fail');
});

/** The first two log rows of a key change places everywhere, so that only the clients' own clock can tell. */
const reordered = () => {
  const log = run.finalState.filter((row) => row.kind === 'log');
  const [first, second] = log.filter((row) => keyOf(row) === keyOf(log[0]!)) as [RowOf<'log'>, RowOf<'log'>];
  const positionOf = new Map([
    [first.id, second.position],
    [second.id, first.position],
  ]);
  const inLog = withRows(run, 'log', (rows) => rows.map((row) => ({ ...row, position: positionOf.get(row.id) ?? row.position })));
  const entryOf = new Map([
    [first.id, 2],
    [second.id, 1],
  ]);
  const inTimeline = withRows(inLog, 'timeline-entry', (rows) =>
    rows.map((row) => ({ ...row, position: positionOf.get(row.eventId) ?? row.position, entry: entryOf.get(row.eventId) ?? row.entry })),
  );
  return { reorderedRun: inTimeline, second };
};

test('an event that was acknowledged before the next was sent, but lies behind it, is found', () => {
  const result = orderPerKey(reordered().reorderedRun);
  expect(result).toMatchObject({ outcome: 'fail', findingsTotal: 1 });
  expect(result.findings[0]?.message).toContain('acknowledged before');
});

test('two events that were under way at once may lie in either order', () => {
  const { reorderedRun, second } = reordered();
  const overlapping = withOperations(reorderedRun, (operations) =>
    operations.map((operation) => (operation.idempotencyKey === second.idempotencyKey ? { ...operation, handedAt: 0.5 } : operation)),
  );
  expect(orderPerKey(overlapping).outcome).toBe('pass');
});

test('an event that was applied from behind a parked one of its key is found', () => {
  const log = run.finalState.filter((row) => row.kind === 'log');
  const parked = { ...log[0]!, kind: 'parked', processor: 'timelines', state: 'parked', reasonCode: 'handler_threw' } as never;
  const entries = withRows(run, 'timeline-entry', (rows) =>
    rows
      .filter(({ eventId }) => eventId !== log[0]!.id)
      .map((row) => (keyOf(row) === keyOf(log[0]!) ? { ...row, entry: row.entry - 1 } : row)),
  );
  expect(orderPerKey(entries).outcome).toBe('pass');
  expect(orderPerKey(withRows(entries, 'parked', () => [parked])).findings[0]?.message).toContain('is parked');
});

test('without timelines nothing is claimed', () => {
  expect(orderPerKey({ ...run, finalState: [] }).outcome).toBe('inconclusive');
});
