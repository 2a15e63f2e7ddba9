// What the parts of a consumer share: its lanes, what was counted, why it ends, and waits that the end cuts short.
import { type BackOff, createBackOff, fullJitterMs } from '../back-off.ts';
import { createStop } from '../stop.ts';
import type { Timing } from '../timing.ts';
import { ConsumerError } from './consumer-error.ts';
import { createHeldLanes, type HeldLanes } from './held-lanes.ts';

export type ConsumerPorts = { readonly timing: Pick<Timing, 'nowMs' | 'after'>; readonly random: () => number };

export type ConsumerState = {
  readonly held: HeldLanes;
  readonly counts: { events: number; checkpoints: number; fenced: number; skipped: number; failures: number };
  /** Aborted by `stop`. */
  readonly signal: AbortSignal;
  readonly isOver: boolean;
  readonly fatal: ConsumerError | null;
  readonly lastFailure: ConsumerError | null;
  stop(): void;
  /** Tells whoever waits in `woken` that there may be something new. */
  wake(): void;
  woken(): Promise<void>;
  /** Counts it; what does not pass ends the iteration. */
  note(error: unknown): void;
  sleep(delayMs: number): Promise<void>;
  /** A wait after so many failures in a row, of which this is the last: not before its Retry-After, and `mostMs` at most. */
  backOff(failures: number, error: unknown, mostMs?: number): Promise<void>;
  /** Of the reads of all lanes. */
  readonly reads: BackOff;
  /** Again and again until it is over; a failure that passes is waited out. */
  every(intervalMs: number, step: () => Promise<void>): Promise<void>;
};

const jitter = { retryBackoffMs: 100, retryBackoffMaxMs: 5000 };

export const createConsumerState = ({ timing, random }: ConsumerPorts): ConsumerState => {
  const stopping = new AbortController();
  const end = createStop();
  let wake: () => void = () => {};
  let fatal: ConsumerError | null = null;
  let lastFailure: ConsumerError | null = null;
  const state: ConsumerState = {
    held: createHeldLanes(),
    counts: { events: 0, checkpoints: 0, fenced: 0, skipped: 0, failures: 0 },
    signal: stopping.signal,
    get isOver() {
      return end.isStopped || fatal !== null;
    },
    get fatal() {
      return fatal;
    },
    get lastFailure() {
      return lastFailure;
    },
    stop: () => {
      stopping.abort();
      end.stop();
      wake();
    },
    wake: () => wake(),
    woken: () => new Promise((resolve) => (wake = resolve)),
    note: (error) => {
      if (end.isStopped) return;
      lastFailure = error instanceof ConsumerError ? error : new ConsumerError('internal', String(error), { cause: error });
      state.counts.failures += 1;
      if (lastFailure.isPassing) return;
      fatal ??= lastFailure;
      wake();
    },
    sleep: (delayMs) =>
      new Promise((resolve) => {
        if (end.isStopped) return resolve();
        const done = () => {
          cancel();
          forget();
          resolve();
        };
        const cancel = timing.after(delayMs, done);
        // Not of the signal: Node warns of the eleventh listener on one.
        const forget = end.onStop(done);
      }),
    backOff: (failures, error, mostMs = Infinity) =>
      state.sleep(Math.min((retryAfterOf(error) ?? 0) + fullJitterMs(failures, jitter, random), mostMs)),
    reads: createBackOff(jitter, random),
    every: (intervalMs, step) => repeat(state, intervalMs, step),
  };
  return state;
};

export const retryAfterOf = (error: unknown): number | null => (error instanceof ConsumerError ? error.retryAfterMs : null);

const repeat = async (state: ConsumerState, intervalMs: number, step: () => Promise<void>): Promise<void> => {
  let failures = 0;
  while (!state.isOver) {
    try {
      await step();
      failures = 0;
      await state.sleep(intervalMs);
    } catch (error) {
      state.note(error);
      failures += 1;
      await state.backOff(failures, error, intervalMs);
    }
  }
};
