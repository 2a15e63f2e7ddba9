// Test support: a perfect run after an object was erased.
import type { FaultEvidence } from '../../engine/run-data.ts';
import { type ErasureClaim, erasedEvent } from '../../history/erasure-claims.ts';
import type { FinalRow } from '../../history/final-state.ts';
import { keyOf, type RowOf } from '../../history/run-index.ts';
import { type SimulatedRun, zeroAt } from './simulated-run.ts';

/** The run after the object with the most events was erased, as a perfect target would have it: tombstones in the log, no effect, counts and books that say so. */
export const withErasure = (run: SimulatedRun): { readonly run: SimulatedRun; readonly erased: readonly RowOf<'erased'>[] } => {
  const log = run.finalState.filter((row) => row.kind === 'log');
  const byObject = [...Map.groupBy(log, keyOf).values()].toSorted((a, b) => b.length - a.length)[0]!;
  const ids = new Set(byObject.map(({ id }) => id));
  const erased = byObject.map(({ lane, position, id, systemName, objectId }) => ({
    kind: 'erased' as const,
    lane,
    position,
    id,
    systemName,
    objectId,
  }));
  const skippedOn = (lane: number): number => erased.filter((row) => row.lane === lane).length;
  const goneFrom = (row: RowOf<'count'>): number =>
    byObject.filter(
      ({ lane, systemName, eventName, minute }) =>
        lane === row.lane && systemName === row.systemName && eventName === row.eventName && minute === row.minute,
    ).length;
  const finalState = run.finalState.flatMap((row): FinalRow[] => {
    if (row.kind === 'log' && ids.has(row.id)) return [{ ...row, idempotencyKey: null, eventName: 'erased', bodySha256: 'tombstone' }];
    if (row.kind === 'event' && ids.has(row.id)) return [];
    if (row.kind === 'timeline-entry' && ids.has(row.eventId)) return [];
    if (row.kind === 'checkpoint') return [{ ...row, applied: row.applied - skippedOn(row.lane), skipped: skippedOn(row.lane) }];
    if (row.kind === 'recount') return [{ ...row, effects: row.effects - skippedOn(row.lane) }];
    if (row.kind === 'count') return row.count === goneFrom(row) ? [] : [{ ...row, count: row.count - goneFrom(row) }];
    return [row];
  });
  return { run: { ...run, finalState: [...finalState, ...erased], evidence: [...run.evidence, asked(byObject.at(-1)!)] }, erased };
};

/** What the fault saw that asked for it, when its last event was in the log. */
const asked = ({ systemName, objectId, lane, position, appendedAt }: RowOf<'log'>): FaultEvidence => {
  const claim: ErasureClaim = { event: erasedEvent, systemName, objectId, lane, upTo: position, answeredAt: appendedAt, isProven: true };
  return {
    fault: 'erase',
    kind: 'operator',
    injectedAt: zeroAt,
    healedAt: appendedAt,
    tookEffect: true,
    healed: true,
    observations: [{ at: appendedAt, source: 'operator', observed: 'an erasure', data: claim }],
  };
};

/** The same, but the evidence of what was asked says something else. */
export const withClaim = (run: SimulatedRun, change: (claim: ErasureClaim) => ErasureClaim): SimulatedRun => ({
  ...run,
  evidence: run.evidence.map((entry) => ({
    ...entry,
    observations: entry.observations.map((observation) => ({ ...observation, data: change(observation.data as ErasureClaim) })),
  })),
});

/** The same, but the target never said that it was done. */
export const withoutProof = (run: SimulatedRun): SimulatedRun => {
  const unproven = withClaim(run, (claim) => ({ ...claim, isProven: false }));
  return { ...unproven, evidence: unproven.evidence.map((entry) => ({ ...entry, tookEffect: false })) };
};
