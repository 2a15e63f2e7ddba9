import { expect, test } from 'vitest';
import { readModel } from './read-model.ts';
import { changeFirst, quietScenario, simulateRun, withRows } from './testing/simulated-run.ts';

const run = simulateRun();
const numbered = simulateRun({
  ...quietScenario,
  traffic: { ...quietScenario.traffic, sequenced: true, disorder: { share: 0.3, places: 20 }, duplicates: { share: 0.1, withinMs: 200 } },
});
const poisoned = simulateRun({
  ...quietScenario,
  target: { ...quietScenario.target, faultyHandler: true },
  traffic: { ...quietScenario.traffic, poison: { share: 0.05, kinds: ['handler-throws', 'broken-json'] } },
});

test('read models that are what the log makes of them pass: in order, out of order, and behind poison', () => {
  for (const good of [run, numbered, poisoned]) expect(readModel(good)).toMatchObject({ outcome: 'pass', findingsTotal: 0 });
});

test('an entry of another event, or with another name, is found with both rows', () => {
  const renamed = readModel(withRows(run, 'timeline-entry', (rows) => changeFirst(rows, { eventName: 'order.invented' })));
  expect(renamed).toMatchObject({ outcome: 'fail', findingsTotal: 1 });
  expect(renamed.findings[0]?.witness.rows.map(({ kind }) => kind)).toEqual(['log', 'timeline-entry']);
});

test('two entries that changed places are found though all are there', () => {
  const [first] = numbered.finalState.filter((row) => row.kind === 'timeline-entry');
  const isKey = (row: { readonly objectId: string; readonly systemName: string }) =>
    row.objectId === first!.objectId && row.systemName === first!.systemName;
  const swapped = withRows(numbered, 'timeline-entry', (rows) =>
    rows.map((row) => (isKey(row) && row.entry <= 2 ? { ...row, entry: 3 - row.entry } : row)),
  );
  expect(readModel(swapped)).toMatchObject({ outcome: 'fail', findingsTotal: 1 });
});

test('a count that is one too high, in another minute, or missing is found', () => {
  const [count] = run.finalState.filter((row) => row.kind === 'count');
  expect(readModel(withRows(run, 'count', (rows) => changeFirst(rows, { count: count!.count + 1 }))).findingsTotal).toBe(1);
  expect(readModel(withRows(run, 'count', (rows) => changeFirst(rows, { minute: count!.minute + 60_000 }))).findingsTotal).toBe(2);
  expect(readModel(withRows(run, 'count', (rows) => rows.slice(1))).findingsTotal).toBe(1);
});

test('counts that are all missing are found, one by one; where nothing was passed none is due', () => {
  const counts = run.finalState.filter((row) => row.kind === 'count').length;
  const uncounted = withRows(run, 'count', () => []);
  expect(readModel(uncounted)).toMatchObject({ outcome: 'fail', findingsTotal: counts });
  const effects = ['count', 'checkpoint', 'event', 'timeline-entry'];
  const unpassed = { ...run, finalState: run.finalState.filter(({ kind }) => !effects.includes(kind)) };
  expect(readModel(unpassed)).toMatchObject({ outcome: 'pass', findingsTotal: 0 });
});

test('a row of table events that differs from the log, is missing, or that the log does not know is found', () => {
  expect(readModel(withRows(run, 'event', (rows) => changeFirst(rows, { bodySha256: 'another' }))).findings[0]?.message).toContain(
    'bodySha256',
  );
  expect(readModel(withRows(run, 'event', (rows) => rows.slice(1))).findingsTotal).toBe(1);
  expect(readModel(withRows(run, 'event', (rows) => [...rows, { ...rows[0]!, id: 9_000_000 }])).findingsTotal).toBe(1);
});

test('what a checkpoint has not come to yet need not be there', () => {
  const last = run.finalState.findLast((row) => row.kind === 'log')!;
  const behind = withRows(run, 'checkpoint', (rows) =>
    rows.map((row) => (row.lane === last.lane ? { ...row, position: row.position - 1 } : row)),
  );
  const without = withRows(
    withRows(behind, 'event', (rows) => rows.filter(({ id }) => id !== last.id)),
    'timeline-entry',
    (rows) => rows.filter(({ eventId }) => eventId !== last.id),
  );
  const counted = withRows(without, 'count', (rows) =>
    changeFirst(rows, {}, () => true).map((row) =>
      row.lane === last.lane && row.eventName === last.eventName && row.systemName === last.systemName
        ? { ...row, count: row.count - 1 }
        : row,
    ),
  );
  expect(readModel(counted).findings).toEqual([]);
});

test('without the whole log, or its names, nothing is claimed', () => {
  expect(readModel({ ...run, finalStateComplete: false }).outcome).toBe('inconclusive');
  const nameless = withRows(run, 'log', (rows) => rows.map(({ eventName: _eventName, ...row }) => row));
  expect(readModel(nameless).outcome).toBe('inconclusive');
});
