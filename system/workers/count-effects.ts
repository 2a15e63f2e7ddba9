// Counts the effects beside the books, which do not wait for it: where the tables are large a count takes minutes, and where they are locked it fails.
import type { BookEntry } from '../telemetry/accounting.ts';
import type { Tenure } from './checkpoint.ts';
import type { DutiesStore } from './duties-store.ts';
import { createEffectsCadence } from './effects-cadence.ts';
import type { WorkerTelemetry } from './telemetry.ts';
import type { WorkerClock } from './worker-clock.ts';

export type EffectsCountOptions = {
  readonly tenure: Tenure;
  readonly store: Pick<DutiesStore, 'countEffects'>;
  readonly exportIntervalMs: number;
  readonly clock: WorkerClock;
  readonly telemetry: Pick<WorkerTelemetry, 'error'>;
};

export type EffectsCount = {
  /** Begins a count where one is due and none is under way. Settles when it is over, or after a moment: a quick one goes with the books that are read beside it. */
  begin(): Promise<void>;
  /** The entries, with those of the last count and its age. */
  complete(entries: readonly BookEntry[]): readonly BookEntry[];
};

/** What the books wait at most: of an interval a quarter. */
const longestMomentMs = 250;

/** `signal` ends the count that is under way. */
export const createEffectsCount = (options: EffectsCountOptions, signal: AbortSignal): EffectsCount => {
  const { tenure, store, exportIntervalMs, clock, telemetry } = options;
  const cadence = createEffectsCadence(clock);
  let isUnderWay = false;
  let isFailing = false;
  const count = async () => {
    const startedAtMs = clock.nowMs();
    const tookMs = () => clock.nowMs() - startedAtMs;
    try {
      const entries = await store.countEffects(tenure.epoch, signal);
      // Null: the lease is another's, as the books will say.
      if (entries !== null) cadence.counted(tookMs(), entries);
      isFailing = false;
    } catch (error) {
      if (signal.aborted) return;
      cadence.failed(tookMs());
      // Once, until one succeeds: how long it has gone on the age says.
      if (!isFailing) telemetry.error('count the effects', error);
      isFailing = true;
    } finally {
      isUnderWay = false;
    }
  };
  const moment = () => clock.sleep(Math.min(longestMomentMs, exportIntervalMs / 4), signal).catch(() => {});
  return {
    begin: async () => {
      if (isUnderWay || signal.aborted || !cadence.due()) return;
      isUnderWay = true;
      await Promise.race([count(), moment()]);
    },
    complete: cadence.complete,
  };
};
