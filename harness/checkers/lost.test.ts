import { expect, test } from 'vitest';
import { lost } from './lost.ts';
import { changeFirst, simulateRun, withOperations, withRows } from './testing/simulated-run.ts';

const run = simulateRun();

test('a run in which everything arrived has lost nothing', () => {
  expect(lost(run)).toMatchObject({ id: 'safety/lost', outcome: 'pass', findingsTotal: 0 });
});

test('an acknowledged event that is not in the log is lost, and named with its delivery', () => {
  const result = lost(withRows(run, 'log', (rows) => rows.slice(1)));
  expect(result).toMatchObject({ outcome: 'fail', findingsTotal: 1 });
  expect(result.findings[0]?.witness).toMatchObject({ operations: [{ event: 0, outcome: 'ok', status: 200 }] });
});

test('an event of unknown outcome may be absent: nothing was promised', () => {
  const unlogged = run.finalState.find((row) => row.kind === 'log');
  const doubtful = withOperations(run, (operations) => changeFirst(operations, { outcome: 'unknown', status: null, id: null }));
  const absent = { ...doubtful, finalState: doubtful.finalState.filter((row) => row !== unlogged) };
  expect(lost(absent).outcome).toBe('pass');
});

test('an event that the timelines passed without an entry is lost there', () => {
  const result = lost(withRows(run, 'timeline-entry', (rows) => rows.slice(1)));
  expect(result).toMatchObject({ outcome: 'fail', findingsTotal: 1 });
  expect(result.findings[0]?.message).toContain('timelines');
});

test('an event that table events lacks is lost there', () => {
  expect(lost(withRows(run, 'event', (rows) => rows.slice(1)))).toMatchObject({ outcome: 'fail', findingsTotal: 1 });
});

test('an event that the checkpoint has not reached is under way, not lost', () => {
  const last = run.finalState.filter((row) => row.kind === 'log').at(-1);
  const behind = withRows(run, 'checkpoint', (rows) =>
    rows.map((row) => (row.lane === last?.lane ? { ...row, position: row.position - 1 } : row)),
  );
  const unapplied = withRows(behind, 'timeline-entry', (rows) => rows.filter(({ eventId }) => eventId !== last?.id));
  expect(lost(unapplied).outcome).toBe('pass');
});

test('an event without an entry is excused where the books say that one was ignored on its lane', () => {
  const [gone] = run.finalState.filter((row) => row.kind === 'timeline-entry');
  const ignored = withRows(run, 'checkpoint', (rows) =>
    rows.map((row) => (row.lane === gone?.lane && row.processor === 'timelines' ? { ...row, ignored: 1, applied: row.applied - 1 } : row)),
  );
  expect(lost(withRows(ignored, 'timeline-entry', (rows) => rows.filter((row) => row !== gone))).outcome).toBe('pass');
});

test('without the whole final state nothing is claimed', () => {
  expect(lost({ ...run, finalStateComplete: false }).outcome).toBe('inconclusive');
  expect(lost({ ...run, operations: [] }).outcome).toBe('inconclusive');
});
