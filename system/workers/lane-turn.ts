// Whose turn it is to write the rows of a lane: work on its park takes it, and so does its live flow before it writes. A batch is decided beside such work; it is
// told which keys that has changed meanwhile, and what was decided of one of them is decided again, now in turn.
import type { Key } from '../stream/stream.ts';
import { keyName } from './key-order.ts';
import { createMutex } from './mutex.ts';

export type LaneTurn = {
  /** For whoever changes rows of this key beside the live flow. Disposed when they are committed. */
  take(key: Key): Promise<Disposable>;
  /** For a batch of the live flow, before it reads. Disposed when it has ended. */
  begin(): LiveTurn;
  /** Resolves when whoever has the turn now is done. */
  over(): Promise<void>;
};

export type LiveTurn = Disposable & {
  /** It is the batch's turn from here on. Resolves with the names of the keys that were changed since it began. */
  take(): Promise<readonly string[]>;
};

export const createLaneTurn = (): LaneTurn => {
  const mutex = createMutex();
  const live = new Set<Set<string>>();
  return {
    take: async (key) => {
      const turn = await mutex.acquire();
      return {
        [Symbol.dispose]: () => {
          for (const changed of live) changed.add(keyName(key));
          turn[Symbol.dispose]();
        },
      };
    },
    begin: () => {
      const changed = new Set<string>();
      live.add(changed);
      let turn: Promise<Disposable> | null = null;
      return {
        take: async () => {
          await (turn ??= mutex.acquire());
          return [...changed];
        },
        [Symbol.dispose]: () => {
          live.delete(changed);
          void turn?.then((taken) => taken[Symbol.dispose]());
        },
      };
    },
    over: async () => (await mutex.acquire())[Symbol.dispose](),
  };
};
