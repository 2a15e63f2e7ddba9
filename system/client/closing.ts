// The end of a producer: flush within a bound, give up the rest, and say what that was.
import type { EventBody } from '../contract/event.ts';
import { type Entry, outcomeOf } from './entry.ts';
import type { Timing } from './timing.ts';
import type { Unsettled } from './unsettled.ts';

/** A copy of what was given to `send`, with its `id`, and whether it may have been stored. */
export type Remaining = { readonly event: EventBody; readonly outcome: 'definite' | 'indefinite' };

export type Closed = { readonly remaining: readonly Remaining[] };

export type ClosingOptions = {
  readonly unsettled: Unsettled;
  readonly timing: Timing;
  readonly flush: () => Promise<void>;
  readonly giveUp: (entry: Entry) => void;
  /** Ends what is on its way. */
  readonly stop: () => void;
};

export type Closing = {
  readonly isClosed: boolean;
  /** Every call gets the same answer; a later one can only bring the end nearer. */
  close(timeoutMs: number): Promise<Closed>;
};

export const createClosing = ({ unsettled, timing, flush, giveUp, stop }: ClosingOptions): Closing => {
  let closed: Promise<Closed> | null = null;
  const hurry = createHurry(timing);

  const end = async (): Promise<Closed> => {
    // Without any time nothing is flushed: what never left is not in doubt.
    if (!hurry.isOver) await Promise.race([flush(), hurry.over]);
    hurry.cancel();
    const left = [...unsettled.members()];
    const remaining = left.map((entry) => ({ event: JSON.parse(entry.body) as EventBody, outcome: outcomeOf(entry) }));
    left.forEach(giveUp);
    stop();
    return { remaining };
  };

  return {
    get isClosed() {
      return closed !== null;
    },
    close: (timeoutMs) => {
      hurry.within(timeoutMs);
      return (closed ??= end());
    },
  };
};

/** The earliest of several bounds. */
const createHurry = (timing: Timing) => {
  const cancels: (() => void)[] = [];
  let [isOver, isCancelled] = [false, false];
  let resolveOver = () => {};
  const over = new Promise<void>((resolve) => (resolveOver = resolve));
  const end = () => {
    isOver = true;
    resolveOver();
  };
  return {
    over,
    get isOver() {
      return isOver;
    },
    within: (timeoutMs: number) => {
      if (isCancelled) return;
      // No timer: a batch that is due would leave before it.
      if (timeoutMs <= 0) end();
      else cancels.push(timing.after(timeoutMs, end));
    },
    cancel: () => {
      isCancelled = true;
      for (const cancel of cancels) cancel();
    },
  };
};
