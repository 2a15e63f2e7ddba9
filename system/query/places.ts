// How many may wait, stream or export at a time: memory is bounded by that number times one buffer.
import { RequestProblem } from '../request-problem.ts';

export type ReaderSlots = {
  readonly taken: number;
  /** Throws too_many_readers. Disposing gives it back, once. */
  take(): Disposable;
};

export const createReaderSlots = (most: number, what: string): ReaderSlots => {
  let taken = 0;
  return {
    get taken() {
      return taken;
    },
    take: () => {
      if (taken >= most)
        throw new RequestProblem('too_many_readers', `${most} ${what} are open, as many as there may be. Try again in a moment.`);
      taken += 1;
      let isGivenBack = false;
      return {
        [Symbol.dispose]: () => {
          if (!isGivenBack) taken -= 1;
          isGivenBack = true;
        },
      };
    },
  };
};
