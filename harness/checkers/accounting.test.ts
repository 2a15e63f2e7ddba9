import { expect, test } from 'vitest';
import { accounting } from './accounting.ts';
import { changeFirst, simulateRun, withRows } from './testing/simulated-run.ts';

const run = simulateRun();

test('books that add up pass', () => {
  expect(accounting(run).outcome).toBe('pass');
});

test('a checkpoint beyond the sum of its terms is a drop', () => {
  const result = accounting(withRows(run, 'checkpoint', (rows) => changeFirst(rows, { applied: rows[0]!.applied - 1 })));
  expect(result.outcome).toBe('fail');
  expect(result.findings[0]?.message).toContain('drop 1');
});

test('books that add up, but say otherwise than the tables, are wrong', () => {
  const cooked = withRows(run, 'checkpoint', (rows) => changeFirst(rows, { applied: rows[0]!.applied - 1, ignored: 1 }));
  expect(accounting(cooked).findings.map(({ message }) => message)).toEqual([
    expect.stringContaining('1 ignored, which nothing in the scenario asks for'),
    expect.stringContaining('counted from the rows'),
    expect.stringContaining('counted by SQL'),
  ]);
});

test('an event that the books call ignored, and that is in no table, has vanished though all adds up', () => {
  const entry = run.finalState.find((row) => row.kind === 'timeline-entry')!;
  const isIts = (row: { lane: number; processor: string }) => row.lane === entry.lane && row.processor === 'timelines';
  const booked = withRows(run, 'checkpoint', (rows) =>
    rows.map((row) => (isIts(row) ? { ...row, applied: row.applied - 1, ignored: 1 } : row)),
  );
  const recounted = withRows(booked, 'recount', (rows) => rows.map((row) => (isIts(row) ? { ...row, effects: row.effects - 1 } : row)));
  const vanished = accounting(withRows(recounted, 'timeline-entry', (rows) => rows.filter((row) => row !== entry)));
  expect(vanished).toMatchObject({ outcome: 'fail', findingsTotal: 1 });
});

test('a checkpoint behind the head of a drained lane is found, but is no matter before the drain', () => {
  const behind = withRows(run, 'lane', (rows) => changeFirst(rows, { head: rows[0]!.head + 1 }));
  expect(accounting(behind).outcome).toBe('fail');
  const last = run.finalState.findLast((row) => row.kind === 'log')!;
  const more = withRows(
    withRows(run, 'lane', (rows) => rows.map((row) => (row.lane === last.lane ? { ...row, head: row.head + 1 } : row))),
    'log',
    (rows) => [...rows, { ...last, position: last.position + 1, id: 1 }],
  );
  expect(accounting({ ...more, timeline: { ...run.timeline, drainedAt: null } }).outcome).toBe('pass');
});

test('a lane that a processor has no checkpoint for is found', () => {
  expect(
    accounting(withRows(run, 'checkpoint', (rows) => rows.slice(1))).findings.some(({ message }) => message.includes('has no checkpoint')),
  ).toBe(true);
});

test('checkpoints that nothing was counted for are found', () => {
  expect(accounting(withRows(run, 'recount', () => [])).outcome).toBe('fail');
});

test('without books nothing is claimed', () => {
  expect(accounting(withRows(run, 'checkpoint', () => [])).outcome).toBe('inconclusive');
  expect(accounting({ ...run, finalStateComplete: false }).outcome).toBe('inconclusive');
});
