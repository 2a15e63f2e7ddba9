// Test support: runs in which anything may be wrong, as a property test wants them: the run of a perfect target with a few random changes.
import fc from 'fast-check';
import type { FinalRow } from '../../history/final-state.ts';
import type { Operation } from '../../history/operation.ts';
import { quietScenario, type SimulatedRun, simulateRun } from './simulated-run.ts';

const bases: readonly SimulatedRun[] = [
  {},
  { duplicates: { share: 0.3, withinMs: 200 } },
  { sequenced: true, disorder: { share: 0.3, places: 10 } },
  { poison: { share: 0.2, kinds: ['handler-throws', 'broken-json'] as const } },
].map((traffic, seed) =>
  simulateRun(
    {
      ...quietScenario,
      phases: [{ name: 'steady', kind: 'steady', seconds: 1, ratePerSecond: 60 }],
      traffic: { arrivals: 'constant', keys: { kind: 'uniform', count: 5 }, ...traffic },
    },
    seed + 1,
  ),
);

/** One row of a list is dropped, given twice, put elsewhere, or changed. */
type Change = { readonly what: 'drop' | 'repeat' | 'move' | 'change'; readonly place: number; readonly to: number; readonly by: object };

const change = (by: fc.Arbitrary<object>): fc.Arbitrary<Change> =>
  fc.record({ what: fc.constantFrom('drop', 'repeat', 'move', 'change', 'change'), place: fc.nat(), to: fc.nat(), by });

const operationChange = fc.oneof(
  fc.constantFrom(
    { outcome: 'unknown', status: null, id: null, duplicate: null },
    { outcome: 'failed', status: 503, code: 'overloaded', id: null, duplicate: null },
    { outcome: 'failed', status: 409, code: 'idempotency_conflict', duplicate: null },
    { id: null },
    { duplicate: true },
    { bodySha256: 'another' },
    { delivery: 'duplicate' },
    { idempotencyKey: '' },
    { traceId: 'a'.repeat(32) },
    { objectId: 'größe' },
  ),
  fc.record({ event: fc.nat(70) }),
  fc.record({ id: fc.integer({ min: 995, max: 1070 }) }),
  fc.record({ handedAt: fc.nat(1200), doneAt: fc.nat(1300) }),
);

const rowChange = fc.oneof(
  fc.constantFrom(
    { idempotencyKey: null },
    { idempotencyKey: 'nobody' },
    { bodySha256: 'another' },
    { sequence: 1 },
    { sequence: null },
    { eventName: 'order.other' },
    { objectId: 'order-00001' },
    { lane: 3 },
  ),
  fc.record({ id: fc.integer({ min: 995, max: 1070 }) }),
  fc.record({ eventId: fc.integer({ min: 995, max: 1070 }) }),
  fc.record({ position: fc.nat(12) }),
  fc.record({ entry: fc.nat(8) }),
);

const spoil = <Row extends object>(rows: readonly Row[], { what, place, to, by }: Change): readonly Row[] => {
  if (rows.length === 0) return rows;
  const index = place % rows.length;
  const row = rows[index] as Row;
  if (what === 'drop') return rows.toSpliced(index, 1);
  if (what === 'repeat') return rows.toSpliced(to % rows.length, 0, row);
  if (what === 'move') return rows.toSpliced(index, 1).toSpliced(to % rows.length, 0, row);
  return rows.with(index, { ...row, ...onlyKnown(row, by) });
};

/** A change may be of a field that this kind of row does not have. */
const onlyKnown = (row: object, by: object): object => Object.fromEntries(Object.entries(by).filter(([name]) => name in row));

export const spoiledRun: fc.Arbitrary<SimulatedRun> = fc
  .record({
    base: fc.constantFrom(...bases),
    operations: fc.array(change(operationChange), { maxLength: 4 }),
    rows: fc.array(change(rowChange), { maxLength: 4 }),
  })
  .map(({ base, operations, rows }) => ({
    ...base,
    operations: operations.reduce<readonly Operation[]>(spoil, base.operations),
    finalState: rows.reduce<readonly FinalRow[]>(spoil, base.finalState),
  }));
