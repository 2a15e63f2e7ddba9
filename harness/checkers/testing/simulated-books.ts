// Test support: the books of a perfect run, sampled once a second.
import type { RunData } from '../../engine/run-data.ts';
import type { BookSample } from '../../history/book-sample.ts';
import type { FinalRow } from '../../history/final-state.ts';

/** `passedAt`: when each row of the log was passed by both processors, by its id. */
export const simulatedBooks = (
  finalState: readonly FinalRow[],
  passedAt: ReadonlyMap<number, number>,
  zeroAt: number,
  durationMs: number,
): RunData['books'] => ({
  complete: true,
  rows: Array.from({ length: Math.ceil(durationMs / 1000) }, (_unused, second) =>
    sampleAt(finalState, passedAt, zeroAt + (second + 1) * 1000),
  ),
});

const sampleAt = (finalState: readonly FinalRow[], passedAt: ReadonlyMap<number, number>, at: number): BookSample => {
  const log = finalState.filter((row) => row.kind === 'log');
  const count = (processor: string, lane: number) => ({
    applied: finalState.filter(
      (row) => row.kind === (processor === 'events' ? 'event' : 'timeline-entry') && row.lane === lane && row.appliedAt <= at,
    ).length,
    parked: finalState.filter((row) => row.kind === 'parked' && row.processor === processor && row.lane === lane && row.parkedAt <= at)
      .length,
  });
  const rows = finalState.flatMap((row) => {
    if (row.kind !== 'checkpoint') return [];
    const { processor, version, lane } = row;
    const ofLane = log.filter((each) => each.lane === lane);
    const position = ofLane.filter(({ id }) => (passedAt.get(id) ?? Infinity) <= at).length;
    const { applied, parked } = count(processor, lane);
    const head = ofLane.filter(({ appendedAt }) => appendedAt <= at).length;
    const none = { ignored: 0, discarded: 0, skipped: 0, shed: 0 };
    return [{ processor, version, lane, head, position, epoch: 1, ...none, applied, parked, pending: position - applied - parked }];
  });
  return { at, rows };
};
