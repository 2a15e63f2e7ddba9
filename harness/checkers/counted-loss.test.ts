// One thing spoilt at a time in a run in which every tenth datagram was lost, and counted.
import { expect, test } from 'vitest';
import type { RunData } from '../engine/run-data.ts';
import { lossy, quiet } from '../selftest/tools/checker-cases/runs.ts';
import { countedLoss } from './counted-loss.ts';
import { withOperations, withRows } from './testing/simulated-run.ts';

const outcomeOf = (run: RunData): string =>
  [countedLoss(run)]
    .flat()
    .map(({ outcome }) => outcome)
    .join();
const sender = (change: Record<string, number | string>) =>
  withRows(lossy(), 'datagram-sender', (rows) => rows.map((row) => ({ ...row, ...change })));
const door = (change: Record<string, number | null>) =>
  withRows(lossy(), 'datagram-door', (rows) => rows.map((row) => ({ ...row, ...change })));
const [sent] = lossy().finalState.flatMap((row) => (row.kind === 'datagram-sender' ? [row] : []));
const received = sent?.received ?? 0;

test('loss that is counted is no fault, and by HTTP alone there is nothing to count', () => {
  expect([outcomeOf(lossy()), outcomeOf(quiet())]).toEqual(['pass', '']);
});

test.each([
  ['a number more is booked than came', sender({ received: received + 1 })],
  ['an event more is booked than came', sender({ appended: received + 1 })],
  ['an event is booked as a duplicate that is not in the log', sender({ appended: received - 1, duplicates: 1 })],
  ['the mark says another sum', sender({ markedEvents: 1 })],
  ['a number is booked that was never sent', sender({ highest: 100_000 })],
  ['the books have a sender that nobody is', withRows(lossy(), 'datagram-sender', (rows) => [...rows, { ...rows[0]!, source: 'nobody' }])],
  ['a sender is not in the books', withRows(lossy(), 'datagram-sender', () => [])],
  ['the process claims drops that were none', door({ dropped: 5, received: received + 8 })],
  ['the kernel is charged with one too few', door({ kernelDropped: 0 })],
])('%s: fail', (_what, run) => {
  expect(outcomeOf(run)).toBe('fail');
});

test('a link that lost exactly what is missing explains it, and one that lost less does not', () => {
  const lost = lossy().operations.length - received;
  const withLink = (lostOnLink: number) => {
    const link = {
      kind: 'datagram-link',
      received: lossy().operations.length + 3,
      sent: 0,
      lost: lostOnLink,
      reordered: 0,
      duplicated: 0,
      corrupted: 0,
    } as const;
    return { ...door({ kernelDropped: 0 }), finalState: [...door({ kernelDropped: 0 }).finalState, link] };
  };
  expect([outcomeOf(withLink(lost)), outcomeOf(withLink(lost - 1)), outcomeOf(withLink(lost + 1))]).toEqual(['pass', 'fail', 'fail']);
});

test("without the kernel's count, or after a process died, places are not charged", () => {
  expect(outcomeOf(door({ kernelDropped: null }))).toBe('pass');
});

test('without a mark how much was sent is not known there', () => {
  expect(outcomeOf(sender({ markedDatagrams: 0, markedEvents: 0 }))).toBe('inconclusive');
});

test('what the sender’s own kernel did not take was not sent', () => {
  const last = lossy().operations.length;
  const run = withOperations(lossy(), (all) =>
    all.map((each) => (each.datagram?.n === last ? { ...each, outcome: 'failed', code: 'client_enobufs' } : each)),
  );
  expect(outcomeOf(run)).toBe('fail');
});
