// Test support: what readers of a perfect target are shown: all that was applied by the time they asked.
import type { FinalRow } from '../../history/final-state.ts';
import type { ReadOperation } from '../../history/read-operation.ts';
import { keyOf } from '../../history/run-index.ts';
import { planReads } from '../../reader/plan-reads.ts';
import type { Reads } from '../../scenario/reads.ts';
import type { TrafficPlan } from '../../traffic/plan-traffic.ts';

export const simulatedReads = (
  reads: Reads,
  traffic: TrafficPlan,
  finalState: readonly FinalRow[],
  zeroAt: number,
): { readonly complete: true; readonly rows: readonly ReadOperation[] } => ({
  complete: true,
  rows: planReads(reads, traffic, 1).map(({ intendedAtMs, ...question }): ReadOperation => {
    const shown = finalState.filter(
      (row) =>
        (row.kind === 'event' || row.kind === 'timeline-entry') &&
        (row.kind === 'event') === (question.kind === 'events') &&
        keyOf(row) === keyOf(question) &&
        row.appliedAt <= zeroAt + intendedAtMs,
    );
    const entries = shown.filter((row) => row.kind === 'timeline-entry').toSorted((left, right) => left.entry - right.entry);
    const events = shown.filter((row) => row.kind === 'event').toSorted((left, right) => right.id - left.id);
    const ids = question.kind === 'timeline' ? entries.map(({ eventId }) => eventId) : events.map(({ id }) => id);
    const times = { intendedAt: intendedAtMs, handedAt: intendedAtMs, doneAt: intendedAtMs + 3 };
    const answer = { outcome: 'ok', status: 200, code: null, ids, total: ids.length, whole: true } as const;
    return { ...question, ...times, ...answer };
  }),
});
