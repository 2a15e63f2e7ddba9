import { expect, test } from 'vitest';
import { gapless } from './gapless.ts';
import { changeFirst, simulateRun, withRows } from './testing/simulated-run.ts';

const run = simulateRun();

test('positions without a gap pass, in whatever order they are read', () => {
  expect(gapless(run).outcome).toBe('pass');
  expect(gapless(withRows(run, 'log', (rows) => rows.toReversed())).outcome).toBe('pass');
});

test('a position that is missing in the middle is a gap', () => {
  expect(gapless(withRows(run, 'log', (rows) => rows.filter((row) => row !== rows.find(({ position }) => position === 2)))).outcome).toBe(
    'fail',
  );
});

test('a head beyond the last position is a gap', () => {
  expect(gapless(withRows(run, 'lane', (rows) => changeFirst(rows, { head: rows[0]!.head + 1 })))).toMatchObject({
    outcome: 'fail',
    findingsTotal: 1,
  });
});

test('a position that is there twice is found', () => {
  expect(gapless(withRows(run, 'log', (rows) => [...rows, rows[0]!])).outcome).toBe('fail');
});

test('a lane without events has no gap', () => {
  expect(gapless(withRows(run, 'lane', (rows) => [...rows, { ...rows[0]!, lane: 8, head: 0 }])).outcome).toBe('pass');
});

test('without lanes nothing is claimed', () => {
  expect(gapless({ ...run, finalState: [] }).outcome).toBe('inconclusive');
});
