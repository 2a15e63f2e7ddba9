// Waits for a condition within a bound and gives the last answer back, so that whoever waited in vain can say what was last seen.
import type { Clock } from './clock.ts';

export type WaitOptions = {
  readonly clock: Clock;
  readonly withinMs: number;
  readonly everyMs: number;
  readonly signal?: AbortSignal;
};

/** Asks until `done` holds, the bound has passed or the signal aborts. `done` in the answer says which; `last` is what was last seen. */
export const waitUntil = async <Answer>(
  ask: () => Promise<Answer>,
  done: (answer: Answer) => boolean,
  { clock, withinMs, everyMs, signal }: WaitOptions,
): Promise<{ readonly done: boolean; readonly last: Answer; readonly afterMs: number }> => {
  const startedAt = clock.now();
  for (;;) {
    const last = await ask();
    const afterMs = clock.now() - startedAt;
    if (done(last)) return { done: true, last, afterMs };
    if (afterMs >= withinMs || signal?.aborted === true) return { done: false, last, afterMs };
    await clock.sleep(Math.min(everyMs, withinMs - afterMs), signal);
  }
};
