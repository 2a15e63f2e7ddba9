import { expect, test } from 'vitest';
import type { RowOf } from '../history/run-index.ts';
import { accounting } from './accounting.ts';
import type { CheckResult } from './check.ts';
import { erasedEverywhere } from './erased-everywhere.ts';
import { erasedUnasked } from './erased-unasked.ts';
import { lost } from './lost.ts';
import { phantom } from './phantom.ts';
import { readModel } from './read-model.ts';
import { withErasure, withoutProof } from './testing/simulated-erasure.ts';
import { type SimulatedRun, simulateRun, withRows } from './testing/simulated-run.ts';

const { run, erased } = withErasure(simulateRun());

test('a run in which one object was erased is as good as any other', () => {
  expect(erased.length).toBeGreaterThan(1);
  for (const check of [erasedEverywhere, erasedUnasked, lost, phantom, readModel, accounting])
    expect([check.name, [check(run)].flat()[0]]).toMatchObject([check.name, { outcome: 'pass' }]);
});

const withEffect = (kind: 'event' | 'timeline-entry'): SimulatedRun => {
  const { id, ...place } = erased[0]!;
  const named = { ...place, eventName: 'erased', sequence: null, appliedAt: 0 };
  return withRows(run, kind, (rows) => [
    ...rows,
    kind === 'event'
      ? ({ ...named, kind, id, idempotencyKey: null, bodySha256: '', receivedAt: 0 } as RowOf<'event'>)
      : ({ ...named, kind, entry: 1, eventId: id } as RowOf<'timeline-entry'>),
  ]);
};

test.each(['event', 'timeline-entry'] as const)('an effect of kind %s that came back is found', (kind) => {
  expect(erasedEverywhere(withEffect(kind))).toMatchObject({ outcome: 'fail', findingsTotal: 1 });
});

test('an erased event that failed in the park is found', () => {
  const { id, lane, position, systemName, objectId } = erased[0]!;
  const place = { processor: 'timelines', lane, position, id, systemName, objectId, idempotencyKey: null, sequence: null };
  const parked: RowOf<'parked'> = {
    ...place,
    kind: 'parked',
    state: 'parked',
    reasonCode: 'handler_threw',
    reasonMessage: 'no metadata',
    attempts: 3,
    parkedAt: 0,
  };
  expect(erasedEverywhere(withRows(run, 'parked', () => [parked]))).toMatchObject({ outcome: 'fail' });
  expect(erasedEverywhere(withRows(run, 'parked', () => [{ ...parked, reasonCode: null }]))).toMatchObject({ outcome: 'pass' });
});

test('an event of the object that was left out is found, the last one too; one that came after it was asked for is new data', () => {
  const without = (from: number, to?: number) =>
    withRows(run, 'erased', (rows) => rows.filter((row) => !rows.slice(from, to).includes(row)));
  expect(erasedEverywhere(without(0, 1))).toMatchObject({ outcome: 'fail', findingsTotal: 1 });
  expect(erasedEverywhere(without(-1))).toMatchObject({ outcome: 'fail', findingsTotal: 1 });
  const last = erased.at(-1)!;
  const later = withRows(run, 'log', (rows) => [
    ...rows,
    { ...rows.find(({ id }) => id === last.id)!, id: 424242, position: last.position + 1 },
  ]);
  expect(erasedEverywhere(later)).toMatchObject({ outcome: 'pass' });
});

test('an erasure that was called done and did nothing is found by what was asked', () => {
  const untouched = { ...simulateRun(), evidence: run.evidence };
  expect(erasedEverywhere(untouched)).toMatchObject({ outcome: 'fail', findingsTotal: erased.length });
});

test.each(['timeline_entries', 'pending_events', 'parked_events', 'event_recoveries'])(
  'a copy left in %s of whatever version is found',
  (place) => {
    const [{ kind: _kind, ...of }] = [erased[0]!];
    const left = withRows(run, 'remnant', () => [{ ...of, kind: 'remnant', place, processor: 'timelines', version: 2 }]);
    const { outcome, findings } = erasedEverywhere(left) as CheckResult;
    expect([outcome, findings[0]?.message]).toEqual([
      'fail',
      expect.stringContaining(`${place} of timelines@2 still holds something of event ${of.id}`),
    ]);
  },
);

test('an erasure without a proof claims nothing, but what came back of what it erased is found', () => {
  expect(erasedEverywhere(withoutProof(run))).toMatchObject({ outcome: 'inconclusive' });
  expect(erasedEverywhere(withoutProof(withEffect('event')))).toMatchObject({ outcome: 'fail' });
});

test('where nothing was asked to be erased, nothing is claimed', () => {
  expect(erasedEverywhere(simulateRun())).toMatchObject({ outcome: 'inconclusive' });
});

test('an erased event is no excuse for another that is gone, or for a row that nobody sent', () => {
  const other = run.finalState.find((row) => row.kind === 'log' && !erased.some(({ id }) => id === row.id))!;
  expect(lost({ ...run, finalState: run.finalState.filter((row) => row !== other) })).toMatchObject({ outcome: 'fail' });
  const unsent = withRows(run, 'erased', ([first, ...rows]) => [{ ...first!, id: 424242 }, ...rows]);
  const logged = withRows(unsent, 'log', (rows) => rows.map((row) => (row.id === erased[0]!.id ? { ...row, id: 424242 } : row)));
  expect(phantom(logged)).toMatchObject({ outcome: 'fail' });
});
