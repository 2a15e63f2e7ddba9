import { expect, test } from 'vitest';
import type { CheckResult } from './check.ts';
import type { BookRow } from '../history/book-sample.ts';
import { accountingOverTime } from './accounting-over-time.ts';
import { withErasure } from './testing/simulated-erasure.ts';
import { quietScenario, simulateRun, withRows } from './testing/simulated-run.ts';

const run = simulateRun();
const numbered = simulateRun({
  ...quietScenario,
  traffic: { ...quietScenario.traffic, sequenced: true, disorder: { share: 0.3, places: 20 } },
});
const books = run.books!;
/** Sample 3, its first lane with something applied, changed. */
const cooked = (change: (row: BookRow) => Partial<BookRow>) => {
  const sample = books.rows[3]!;
  const index = sample.rows.findIndex(({ applied, position }) => applied > 2 && position > 2);
  const rows = sample.rows.with(index, { ...sample.rows[index]!, ...change(sample.rows[index]!) });
  return { ...run, books: { ...books, rows: books.rows.with(3, { ...sample, rows }) } };
};
const judged = (of: typeof run): CheckResult => accountingOverTime(of) as CheckResult;
const messages = (of: typeof run): string =>
  judged(of)
    .findings.map(({ message }) => message)
    .join('; ');

test('books that add up in every sample pass, early events that wait included', () => {
  expect(judged(run)).toMatchObject({ outcome: 'pass', measured: { value: 6 } });
  expect(judged(numbered).outcome).toBe('pass');
});

test('a drop in the middle is found though it was made up for by the end', () => {
  expect(messages(cooked(({ applied }) => ({ applied: applied - 1 })))).toContain('drop 1');
});

test('books that claim more than was there by then are found', () => {
  const early = cooked(({ applied, position, head }) => ({ applied: applied + 40, position: position + 40, head: head + 40 }));
  expect(messages(early)).toContain('had been appended');
  expect(messages(early)).toContain('rows were there');
});

test('one row that was in flight is no lie: a sample may be as late as its answer', () => {
  const sample = books.rows[3]!;
  const later = { ...run, books: { ...books, rows: books.rows.with(3, { ...sample, at: sample.at + 30 }) } };
  expect(judged(later).outcome).toBe('pass');
});

test('a checkpoint ahead of the head, and one that went back, are found', () => {
  expect(messages(cooked(({ head, applied }) => ({ position: head + 5, applied: applied + 5 })))).toContain('ahead of the head');
  const still = { ...run, books: { ...books, rows: books.rows.with(3, { ...books.rows[3]!, rows: books.rows[2]!.rows }) } };
  expect(judged(still).outcome).toBe('pass');
  const again = { ...run, books: { ...books, rows: books.rows.with(4, { ...books.rows[4]!, rows: books.rows[0]!.rows }) } };
  expect(messages(again)).toContain('went back');
});

test('too few samples, or a file that was cut, prove nothing; a lie in them stays one', () => {
  const few = { ...run, books: { complete: true, rows: [] } };
  expect(judged(few).outcome).toBe('inconclusive');
  expect(judged({ ...run, books: { ...books, complete: false } }).outcome).toBe('inconclusive');
  const lie = cooked(({ applied }) => ({ applied: applied - 1 }));
  expect(judged({ ...lie, books: { ...lie.books, complete: false } }).outcome).toBe('fail');
});

test('a target with books that was not sampled is in doubt; of one without books nothing is claimed', () => {
  expect(judged({ ...run, books: null }).outcome).toBe('inconclusive');
  expect(accountingOverTime(withRows({ ...run, books: null }, 'checkpoint', () => []))).toEqual([]);
});

test('what a crash of the database undid and workers did again is no lie, but only around that crash', () => {
  const crash = { kind: 'database', name: 'crash', at: { phase: 'steady', afterSeconds: 4 }, seconds: 1, effect: 'restart' } as const;
  const crashed = (how: 'fast' | 'immediate', at: number) => {
    // Sample 3 counts what was undone: its rows come to be again after it.
    const undone = cooked(({ applied, position, head }) => ({ applied: applied + 2, position: position + 2, head: head + 2 }));
    const scenario = { ...undone.plan.scenario, faults: [{ ...crash, how }] };
    const struck = {
      fault: 'crash',
      kind: 'database',
      injectedAt: at,
      healedAt: at + 1000,
      tookEffect: true,
      healed: true,
      observations: [],
    };
    return { ...undone, plan: { ...undone.plan, scenario }, evidence: [struck] };
  };
  const around = books.rows[3]!.at + 500;
  expect(messages(crashed('immediate', around))).not.toContain('rows were there');
  // What clients were promised is never undone.
  expect(messages(crashed('immediate', around))).toContain('had been appended');
  expect(messages(crashed('immediate', around + 5000))).toContain('rows were there');
  expect(messages(crashed('fast', around))).toContain('rows were there');
});

test('what was erased by the end excuses no books that had it applied before it came', () => {
  const { run: gone, erased } = withErasure(run);
  expect(judged(gone).outcome).toBe('pass');
  const { lane } = erased[0]!;
  const [first, ...others] = books.rows;
  const later = gone.finalState.filter(
    (row) => row.kind === 'log' && row.lane === lane && row.appendedAt > first!.at && row.bodySha256 === 'tombstone',
  );
  expect(later.length).toBeGreaterThan(0);
  const ahead = first!.rows.map((row) => {
    if (row.lane !== lane) return row;
    const [position, applied] = [row.head + 1, row.head + 1 - row.parked - row.pending];
    return { ...row, head: position, position, applied };
  });
  const cookedGone = { ...gone, books: { ...books, rows: [{ ...first!, rows: ahead }, ...others] } };
  expect(messages(cookedGone)).toContain('rows were there');
});
