// How often the effects are counted from the read models: at each reading while that is cheap, seldomer as the tables grow. A count is exact for
// its moment; between two counts the last one stands.
import { signals } from '../contract/signals.ts';
import type { BookEntry } from '../telemetry/accounting.ts';
import type { WorkerClock } from './worker-clock.ts';

export type EffectsCadence = {
  due(): boolean;
  counted(tookMs: number, entries: readonly BookEntry[]): void;
  /** The entries, with the last count where they have none. */
  complete(entries: readonly BookEntry[]): readonly BookEntry[];
};

/** At most this share of the time goes into counting. */
const share = 0.05;

export const createEffectsCadence = (clock: WorkerClock): EffectsCadence => {
  let nextAtMs = -Infinity;
  let last: readonly BookEntry[] = [];
  const isEffect = ({ signal }: BookEntry) => signal === signals.effectSurplus;
  return {
    due: () => clock.nowMs() >= nextAtMs,
    counted: (tookMs, entries) => {
      // The rest of the reading is small; a reading under 25 ms is never a reason to wait.
      nextAtMs = clock.nowMs() + (tookMs < 25 ? 0 : tookMs / share);
      if (entries.some(isEffect)) last = entries.filter(isEffect);
    },
    complete: (entries) => (entries.some(isEffect) ? entries : [...entries, ...last]),
  };
};
