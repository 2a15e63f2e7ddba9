import { expect, test } from 'vitest';
import { keyOf } from '../history/run-index.ts';
import { duplicatesCountedExactly } from './duplicates-counted-exactly.ts';
import { duplicatesSeen } from './duplicates-seen.ts';
import { equalsOrderedDelivery } from './equals-ordered-delivery.ts';
import { outOfOrderSeen } from './out-of-order-seen.ts';
import { changeFirst, quietScenario, simulateRun, withOperations, withRows } from './testing/simulated-run.ts';

const run = simulateRun({
  ...quietScenario,
  traffic: { ...quietScenario.traffic, sequenced: true, disorder: { share: 0.3, places: 50 }, duplicates: { share: 0.1, withinMs: 300 } },
});
const quiet = simulateRun();

test('a final state that ordered delivery would have made passes', () => {
  expect(equalsOrderedDelivery(run).outcome).toBe('pass');
});

test('two entries that changed places make another state than ordered delivery', () => {
  const [first, second] = run.finalState.filter(
    (row) => row.kind === 'timeline-entry' && keyOf(row) === keyOf(run.operations[0]!),
  ) as never[] as { eventId: number }[];
  const changed = withRows(run, 'timeline-entry', (rows) =>
    rows.map((row) =>
      row.eventId === first!.eventId
        ? { ...row, eventId: second!.eventId }
        : row.eventId === second!.eventId
          ? { ...row, eventId: first!.eventId }
          : row,
    ),
  );
  expect(equalsOrderedDelivery(changed)).toMatchObject({ outcome: 'fail', findingsTotal: 1 });
});

test('an entry too many, or one too few, makes another state', () => {
  expect(equalsOrderedDelivery(withRows(run, 'timeline-entry', (rows) => [...rows, { ...rows[0]!, entry: 999 }])).outcome).toBe('fail');
  expect(equalsOrderedDelivery(withRows(run, 'timeline-entry', (rows) => rows.slice(1))).outcome).toBe('fail');
});

test('a count that is off makes another state', () => {
  expect(equalsOrderedDelivery(withRows(run, 'count', (rows) => changeFirst(rows, { count: rows[0]!.count + 1 })))).toMatchObject({
    outcome: 'fail',
    findingsTotal: 1,
  });
});

test('an event of unknown outcome is expected where the read-back found it', () => {
  const doubtful = withOperations(run, (operations) =>
    changeFirst(operations, { outcome: 'unknown', status: null, id: null, duplicate: null }),
  );
  expect(equalsOrderedDelivery(doubtful).outcome).toBe('pass');
});

test('without deliveries, or with files that are not whole, nothing is claimed', () => {
  expect(equalsOrderedDelivery({ ...run, operations: [] }).outcome).toBe('inconclusive');
  expect(equalsOrderedDelivery({ ...run, historyComplete: false }).outcome).toBe('inconclusive');
});

test('duplicates that are counted exactly pass', () => {
  expect(duplicatesCountedExactly(run).outcome).toBe('pass');
  expect(duplicatesCountedExactly(quiet).outcome).toBe('pass');
});

test.each([1, -1])('books that are off by %i duplicate fail', (by) => {
  const off = withRows(run, 'lane', (rows) =>
    changeFirst(rows, { duplicates: rows.find(({ duplicates }) => duplicates > 0)!.duplicates + by }, ({ duplicates }) => duplicates > 0),
  );
  expect(duplicatesCountedExactly(off)).toMatchObject({ outcome: 'fail', findingsTotal: 1 });
});

const second = run.operations.find(({ delivery }) => delivery === 'duplicate')!;

test('a duplicate that is counted, but not answered as one, fails', () => {
  expect(
    duplicatesCountedExactly(
      withOperations(run, (operations) => changeFirst(operations, { duplicate: false }, ({ op }) => op === second.op)),
    ).outcome,
  ).toBe('fail');
});

test('a delivery of unknown outcome may be counted or not', () => {
  const doubtful = withOperations(run, (operations) =>
    changeFirst(operations, { outcome: 'unknown', status: null, duplicate: null, id: null }, ({ op }) => op === second.op),
  );
  expect(duplicatesCountedExactly(doubtful).outcome).toBe('pass');
});

test('without lanes or a whole history nothing is claimed of duplicates', () => {
  expect(duplicatesCountedExactly({ ...run, finalState: [] }).outcome).toBe('inconclusive');
  expect(duplicatesCountedExactly({ ...run, historyComplete: false }).outcome).toBe('inconclusive');
});

const seenBy = (check: typeof outOfOrderSeen, of: typeof run): number => {
  const [result] = [check(of, { atLeast: 0 })].flat();
  return result?.measured?.value ?? -1;
};

test.each([
  ['disorder', outOfOrderSeen],
  ['duplicates', duplicatesSeen],
])('%s is seen from the number that is asked for on, and not where there was none', (_what, check) => {
  const seen = seenBy(check, run);
  expect(seen).toBeGreaterThan(10);
  expect(check(run, { atLeast: seen })).toMatchObject({ outcome: 'pass' });
  expect(check(run, { atLeast: seen + 1 })).toMatchObject({ outcome: 'inconclusive' });
  expect(seenBy(check, quiet)).toBe(0);
});
