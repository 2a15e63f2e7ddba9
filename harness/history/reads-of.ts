// The reads of a run that can be judged, or why there are none.
import type { RunData } from '../engine/run-data.ts';
import type { ReadOperation } from './read-operation.ts';

/** The clocks of reader and driver are two readings of one; more than their difference is a difference. */
export const skewMs = 20;

export const readsOf = ({ reads, plan }: RunData): readonly ReadOperation[] | string => {
  if (reads === null) return plan.scenario.reads === undefined ? 'This scenario has no readers.' : 'No reads were written down.';
  const answered = reads.rows.filter(({ outcome }) => outcome === 'ok');
  return answered.length === 0 ? 'No read was answered.' : answered;
};

/** Why nothing is proven by what was not found in the reads; null: all of them are there. */
export const cutReads = ({ reads }: RunData): string | null =>
  reads === null || reads.complete
    ? null
    : `The reads are cut off after ${reads.rows.length}, so what was not found in them proves nothing.`;
