import { expect, test } from 'vitest';
import type { RowOf } from '../history/run-index.ts';
import { accounting } from './accounting.ts';
import { erasedEverywhere } from './erased-everywhere.ts';
import { lost } from './lost.ts';
import { phantom } from './phantom.ts';
import { readModel } from './read-model.ts';
import { withErasure } from './testing/simulated-erasure.ts';
import { type SimulatedRun, simulateRun, withRows } from './testing/simulated-run.ts';

const { run, erased } = withErasure(simulateRun());

test('a run in which one object was erased is as good as any other', () => {
  expect(erased.length).toBeGreaterThan(1);
  for (const check of [erasedEverywhere, lost, phantom, readModel, accounting])
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

test('an event of the object that was left out is found, one that came after the last erased one is new data', () => {
  expect(erasedEverywhere(withRows(run, 'erased', (rows) => rows.slice(1)))).toMatchObject({ outcome: 'fail', findingsTotal: 1 });
  expect(erasedEverywhere(withRows(run, 'erased', (rows) => rows.slice(0, -1)))).toMatchObject({ outcome: 'pass' });
});

test('where nothing was erased, nothing is claimed', () => {
  expect(erasedEverywhere(simulateRun())).toMatchObject({ outcome: 'inconclusive' });
});

test('an erased event is no excuse for another that is gone, or for a row that nobody sent', () => {
  const other = run.finalState.find((row) => row.kind === 'log' && !erased.some(({ id }) => id === row.id))!;
  expect(lost({ ...run, finalState: run.finalState.filter((row) => row !== other) })).toMatchObject({ outcome: 'fail' });
  const unsent = withRows(run, 'erased', ([first, ...rows]) => [{ ...first!, id: 424242 }, ...rows]);
  const logged = withRows(unsent, 'log', (rows) => rows.map((row) => (row.id === erased[0]!.id ? { ...row, id: 424242 } : row)));
  expect(phantom(logged)).toMatchObject({ outcome: 'fail' });
});
