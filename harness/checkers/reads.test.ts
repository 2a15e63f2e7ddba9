import { expect, test } from 'vitest';
import type { RunData } from '../engine/run-data.ts';
import type { ReadOperation } from '../history/read-operation.ts';
import { cutReads } from '../history/reads-of.ts';
import { planReads } from '../reader/plan-reads.ts';
import { planScenario } from '../engine/plan.ts';
import { monotonicReads } from './monotonic-reads.ts';
import { phantomReads } from './phantom-reads.ts';
import { readYourWrites } from './read-your-writes.ts';
import { readsAnswered } from './reads-answered.ts';
import { readsSeen } from './reads-seen.ts';
import { staleReads } from './stale-reads.ts';
import { quietScenario, simulateRun } from './testing/simulated-run.ts';

const scenario = { ...quietScenario, reads: { ratePerSecond: 40 } };
const run = simulateRun(scenario);
const rows = run.reads!.rows;
const withReads = (change: (reads: readonly ReadOperation[]) => readonly ReadOperation[], of: RunData = run): RunData => ({
  ...of,
  reads: { complete: true, rows: change(of.reads!.rows) },
});
/** The last read of a kind that showed at least three events. */
const late = (kind: ReadOperation['kind']) => rows.findLast((read) => read.kind === kind && read.ids.length > 2)!;
const changed = (read: ReadOperation, change: Partial<ReadOperation>): RunData =>
  withReads((reads) => reads.map((each) => (each === read ? { ...each, ...change } : each)));

const seconds = { withinSeconds: 1 };

test('reads of a perfect target are fresh, monotonic and real', () => {
  for (const check of [staleReads, monotonicReads, phantomReads]) expect(check(run, seconds)).toMatchObject({ outcome: 'pass' });
  expect(readsSeen(run, { atLeast: 50 })).toMatchObject({ outcome: 'pass' });
});

test('numbered events that wait for a predecessor, and what is parked, are not missed', () => {
  const traffic = { ...quietScenario.traffic, sequenced: true, disorder: { share: 0.3, places: 20 } };
  expect(staleReads(simulateRun({ ...scenario, traffic }), seconds)).toMatchObject({ outcome: 'pass' });
  const poison = { share: 0.05, kinds: ['handler-throws'] } as const;
  expect(staleReads(simulateRun({ ...scenario, traffic: { ...quietScenario.traffic, poison } }), seconds)).toMatchObject({
    outcome: 'pass',
  });
});

test.each(['timeline', 'events'] as const)(
  'a read of %s that does not show an old write is stale; one that lacks a young write is not',
  (kind) => {
    const read = late(kind);
    const stale = staleReads(changed(read, { ids: [] }), seconds);
    expect(stale).toMatchObject({ outcome: 'fail', findingsTotal: 1 });
    const { witness } = (stale as { readonly findings: readonly { readonly witness: { readonly operations: readonly unknown[] } }[] })
      .findings[0]!;
    expect(witness.operations).toHaveLength(1);
    expect(staleReads(changed(read, { ids: [] }), { withinSeconds: 10 })).toMatchObject({ outcome: 'inconclusive' });
    expect(staleReads(changed(read, { ids: [], whole: false }), seconds)).toMatchObject({ outcome: 'pass' });
  },
);

test('where read-your-writes is promised, a write that was acknowledged just before must be there', () => {
  const read = late('events');
  const without = changed(read, { ids: read.ids.slice(1) });
  expect(readYourWrites(run, { kind: 'events' })).toMatchObject({ outcome: 'pass' });
  expect(readYourWrites(without, { kind: 'events' })).toMatchObject({ outcome: 'fail', findingsTotal: 1 });
  expect(readYourWrites(without, { kind: 'timeline' })).toMatchObject({ outcome: 'pass' });
});

test('a read that goes back behind an earlier one is found, in ids, in order and in its total', () => {
  const read = late('timeline');
  expect(monotonicReads(changed(read, { ids: read.ids.slice(0, 1) }))).toMatchObject({ outcome: 'fail', findingsTotal: 1 });
  expect(monotonicReads(changed(read, { ids: read.ids.toReversed() }))).toMatchObject({ outcome: 'fail', findingsTotal: 1 });
  expect(monotonicReads(changed(read, { total: 0 }))).toMatchObject({ outcome: 'fail', findingsTotal: 1 });
  const events = late('events');
  expect(monotonicReads(changed(events, { ids: events.ids.slice(0, 1) }))).toMatchObject({ outcome: 'fail', findingsTotal: 1 });
});

test('two reads that overlap may see either state', () => {
  const overlapping = withReads((reads) => reads.map((read) => ({ ...read, handedAt: 0, doneAt: 9000 })));
  expect(monotonicReads(overlapping)).toMatchObject({ outcome: 'inconclusive' });
});

test('an event that nobody stored, that was read before it was sent, or that stands elsewhere at the end is a phantom', () => {
  const read = late('events');
  expect(phantomReads(changed(read, { ids: [...read.ids, 77] })).findings[0]?.message).toContain('not in the log');
  expect(phantomReads(changed(read, { doneAt: 0 })).findings[0]?.message).toContain('before it was sent');
  const timeline = late('timeline');
  expect(phantomReads(changed(timeline, { ids: timeline.ids.slice(1) })).findings[0]?.message).toContain('as entry 1');
  expect(phantomReads(changed(timeline, { ids: timeline.ids.slice(0, 1) }))).toMatchObject({ outcome: 'pass' });
});

test('a read that failed or had no answer is found, and one of a key that nothing is known of is not', () => {
  const read = late('timeline');
  const failed = { outcome: 'failed', ids: [], total: null, whole: false } as const;
  expect(readsAnswered(run)).toMatchObject({ outcome: 'pass', measured: { value: 0 } });
  expect(readsAnswered(changed(read, { status: 404, ids: [], total: 0 }))).toMatchObject({ outcome: 'pass' });
  const refused = readsAnswered(changed(read, { ...failed, status: 503 }));
  expect(refused).toMatchObject({ outcome: 'fail', findingsTotal: 1 });
  expect(refused.findings[0]?.message).toMatch(/ended with 503$/);
  const silent = readsAnswered(changed(read, { ...failed, status: null, code: 'The operation was aborted due to timeout' }));
  expect(silent.findings[0]?.message).toMatch(/ended with The operation was aborted due to timeout$/);
});

test('reads that are cut off may lack the one that failed; one that is there is proven', () => {
  const cut = (reads: readonly ReadOperation[]): RunData => ({ ...run, reads: { complete: false, rows: reads } });
  expect(readsAnswered(cut(rows))).toMatchObject({ outcome: 'inconclusive', summary: cutReads(cut(rows)) });
  expect(readsAnswered(cut([{ ...rows[0]!, outcome: 'failed', status: 500 }])).outcome).toBe('fail');
  expect(readsAnswered(cut([])).outcome).toBe('inconclusive');
  expect(readsAnswered({ ...run, reads: null }).outcome).toBe('inconclusive');
});

test('reads that are cut off may lack the one that was stale, went back or was made up; one that is there is proven', () => {
  const cut = (of: RunData): RunData => ({ ...of, reads: { ...of.reads!, complete: false } });
  const checks = [staleReads, (of: RunData) => readYourWrites(of, { kind: 'events' }), monotonicReads, phantomReads] as const;
  for (const check of checks)
    expect(check(cut(run), seconds)).toMatchObject({ outcome: 'inconclusive', summary: expect.stringMatching(/cut off/) });
  const read = late('timeline');
  expect(staleReads(cut(changed(read, { ids: [] })), seconds)).toMatchObject({ outcome: 'fail' });
  expect(monotonicReads(cut(changed(read, { total: 0 })))).toMatchObject({ outcome: 'fail' });
  expect(phantomReads(cut(changed(read, { ids: [...read.ids, 77] })))).toMatchObject({ outcome: 'fail' });
});

test('without reads, or without an answer to one, nothing is claimed', () => {
  const failed = withReads((reads) => reads.map((read) => ({ ...read, outcome: 'failed' as const, ids: [] })));
  for (const none of [{ ...run, reads: null }, failed]) {
    for (const check of [staleReads, monotonicReads, phantomReads]) expect(check(none, seconds)).toMatchObject({ outcome: 'inconclusive' });
    expect(readsSeen(none, { atLeast: 1 })).toMatchObject({ outcome: 'inconclusive' });
  }
});

test('reads are planned from the seed, at the rate, and only of keys that were written to', () => {
  const { traffic } = planScenario(scenario, 1);
  const reads = planReads(scenario.reads, traffic, 1);
  expect(reads).toEqual(planReads(scenario.reads, traffic, 1));
  expect(reads).not.toEqual(planReads(scenario.reads, traffic, 2));
  expect(reads).toHaveLength(240);
  for (const { intendedAtMs, objectId } of reads)
    expect(traffic.operations.some((operation) => operation.objectId === objectId && operation.intendedAtMs <= intendedAtMs)).toBe(true);
});
