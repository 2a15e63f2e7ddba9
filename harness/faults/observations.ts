// The observations of one fault, in the order in which they were made, each with its time.
import type { Clock } from '../engine/clock.ts';
import type { FaultEvidence } from '../engine/run-data.ts';

export type Observation = FaultEvidence['observations'][number];

export type Observations = {
  /** `source` is where the observation comes from: process, /proc, pg_stat_activity, lease_events. */
  add(source: string, observed: string, data?: unknown): void;
  readonly all: readonly Observation[];
};

export const createObservations = (clock: Clock, note: (text: string) => void): Observations => {
  const all: Observation[] = [];
  return {
    all,
    add: (source, observed, data) => {
      all.push({ at: clock.now(), source, observed, ...(data === undefined ? {} : { data }) });
      note(observed);
    },
  };
};
