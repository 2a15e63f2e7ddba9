// How often the effects are counted from the read models: with each reading of the books while that is cheap, seldomer as the tables grow. A count is exact for
// its moment; between two counts the last one stands, with its age.
import { signals } from '../contract/signals.ts';
import type { BookEntry } from '../telemetry/accounting.ts';
import type { WorkerClock } from './worker-clock.ts';

export type EffectsCadence = {
  due(): boolean;
  /** A count that began `tookMs` ago. */
  counted(tookMs: number, entries: readonly BookEntry[]): void;
  failed(tookMs: number): void;
  /** The entries, with those of the last count and its age. */
  complete(entries: readonly BookEntry[]): readonly BookEntry[];
};

/** At most this share of the time goes into counting. */
const share = 0.05;

export const createEffectsCadence = (clock: WorkerClock): EffectsCadence => {
  let nextAtMs = -Infinity;
  let last: readonly BookEntry[] = [];
  /** What the books were before this worker was elected it does not know. */
  let countedAtMs = clock.nowMs();
  const waitAfter = (tookMs: number) => {
    // A count under 25 ms is never a reason to wait.
    nextAtMs = clock.nowMs() + (tookMs < 25 ? 0 : tookMs / share);
  };
  return {
    due: () => clock.nowMs() >= nextAtMs,
    counted: (tookMs, entries) => {
      waitAfter(tookMs);
      countedAtMs = clock.nowMs() - tookMs;
      last = entries;
    },
    failed: (tookMs) => {
      waitAfter(tookMs);
      // That nothing is doubled or lost nobody knows any more; a difference that was found stays until a count denies it, or its alert would end by itself.
      last = last.filter(({ value }) => value !== 0);
    },
    complete: (entries) => [
      ...entries,
      ...last,
      { signal: signals.effectsAge, attributes: {}, value: Math.max(0, clock.nowMs() - countedAtMs) / 1000 },
    ],
  };
};
