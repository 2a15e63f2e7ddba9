// Those who wait for room in the buffer before they send. There may be room for one of them: they are told one by one, each once the one before has sent.
import { createQueue, membersOf, push, remove } from './queue.ts';

export type Room = {
  /** Resolves at once while there is room, and nobody else was told so a moment ago. */
  wait(): Promise<void>;
  /** There may be room now. */
  look(): void;
  /** Someone has sent: whoever was told last has, or came too late. */
  taken(): void;
  /** There will be none: all who wait, and all who ask, are told why. */
  close(reason: Error): void;
};

type Waiter = { readonly resolve: () => void; readonly reject: (reason: Error) => void };

/** `soon`: as in Timing. Whoever was told and has sent nothing by then holds up no other. */
export const createRoom = (hasRoom: () => boolean, soon: (run: () => void) => void): Room => {
  let waiting = createQueue<Waiter>();
  let closedFor: Error | null = null;
  let isGiven = false;
  let isSoon = false;

  const look = (): void => {
    const next = waiting.first;
    if (next === null || isGiven || !hasRoom()) return;
    remove(waiting, next);
    give(next.value);
  };
  const taken = (): void => {
    isGiven = false;
    look();
  };
  const give = ({ resolve }: Waiter): void => {
    isGiven = true;
    resolve();
    if (isSoon) return;
    isSoon = true;
    soon(() => {
      isSoon = false;
      taken();
    });
  };
  return {
    wait: () =>
      new Promise((resolve, reject) => {
        if (closedFor) return reject(closedFor);
        push(waiting, { resolve, reject });
        look();
      }),
    look,
    taken,
    close: (reason) => {
      closedFor = reason;
      for (const { reject } of membersOf(waiting)) reject(reason);
      waiting = createQueue();
    },
  };
};
