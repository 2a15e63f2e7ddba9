// The answer that a runtime stays with. Tempo moves traces from one block to the next, and is without some of them for a moment: that is no difference between
// runtimes, for it contradicts itself as much.
import type { Clock } from '../engine/clock.ts';

const mostTries = 5;
const pauseMs = 500;

export type SettleOptions<Said> = {
  readonly ask: () => Promise<Said>;
  readonly isSame: (one: Said, other: Said) => boolean;
  readonly clock: Clock;
  readonly signal: AbortSignal;
};

/** Asked again until it says the same twice in a row, a bounded number of times; `contradicted`: the first answer was not the one that it stayed with. */
export const settleAnswer = async <Said>(
  first: Said,
  { ask, isSame, clock, signal }: SettleOptions<Said>,
): Promise<{ readonly answer: Said; readonly contradicted: boolean }> => {
  let answer = first;
  for (let tried = 0; tried < mostTries; tried += 1) {
    await clock.sleep(pauseMs, signal);
    const next = await ask();
    if (isSame(answer, next)) return { answer, contradicted: tried > 0 };
    answer = next;
  }
  return { answer, contradicted: true };
};
