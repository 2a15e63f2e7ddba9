// The live flow of one lane under one tenure: while there is work, one batch after the other; each batch says where the lane stands. It ends when it is
// stopped, or fenced.
import type { BackOff } from './back-off.ts';
import type { Tenure } from './checkpoint.ts';
import type { WorkerClock } from './worker-clock.ts';

export type BatchEnd =
  | { readonly kind: 'moved'; readonly position: number; readonly moreDue?: boolean }
  /** At once again: something was learnt. */
  | { readonly kind: 'again' }
  /** A bound is reached, or the infrastructure failed: later again. */
  | { readonly kind: 'wait' }
  | { readonly kind: 'fenced' };

export type LaneFlow = {
  readonly tenure: Tenure;
  readonly position: () => number;
  /** The lane has events up to here. */
  wake(head: number): void;
  /** There may be due early events: look before the next batch. */
  drain(): void;
  /** Resolves when the batch in hand is done. */
  stop(): Promise<void>;
  readonly ended: Promise<void>;
};

export type LaneFlowOptions = {
  readonly tenure: Tenure;
  readonly position: number;
  readonly head: number;
  readonly clock: WorkerClock;
  readonly backOff: BackOff;
  /** `drain`: early events first. Never rejects. */
  readonly runBatch: (place: { position: number; head: number; drain: boolean }, stopping: AbortSignal) => Promise<BatchEnd>;
  readonly onFenced: (tenure: Tenure) => void;
};

export const startLaneFlow = (options: LaneFlowOptions): LaneFlow => {
  const { tenure, clock, backOff } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  let { position, head } = options;
  // A take-over looks once: the drain of an early event may have been cut where the last owner died.
  let drainWanted = true;
  let wakeUp: (() => void) | null = null;

  const untilWoken = () =>
    new Promise<void>((resolve) => {
      const done = () => {
        wakeUp = null;
        signal.removeEventListener('abort', done);
        resolve();
      };
      wakeUp = done;
      signal.addEventListener('abort', done);
    });
  const later = () => clock.sleep(backOff.nextMs(), signal).catch(() => {});
  const step = async () => {
    if (head <= position && !drainWanted) return untilWoken();
    const drain = drainWanted;
    drainWanted = false;
    const end = await options.runBatch({ position, head, drain }, signal);
    if (end.kind === 'wait') {
      drainWanted ||= drain;
      return later();
    }
    if (end.kind === 'again') drainWanted ||= drain;
    if (end.kind === 'moved') {
      const isStill = end.position === position && !drain && !end.moreDue;
      ({ position } = end);
      drainWanted ||= end.moreDue ?? false;
      // It was to move and did not: what it has still to read is not there.
      if (isStill) return later();
      backOff.reset();
    }
    if (end.kind === 'fenced') {
      stopping.abort();
      options.onFenced(tenure);
    }
  };
  const run = async () => {
    while (!signal.aborted) await step();
  };
  const ended = run();
  return {
    tenure,
    position: () => position,
    wake: (newHead) => {
      head = Math.max(head, newHead);
      if (head > position) wakeUp?.();
    },
    drain: () => {
      drainWanted = true;
      wakeUp?.();
    },
    stop: () => {
      stopping.abort();
      return ended;
    },
    ended,
  };
};
