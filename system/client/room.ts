// Those who wait for room in the buffer before they send.

export type Room = {
  /** Resolves at once while there is room. */
  wait(): Promise<void>;
  /** There may be room now. */
  look(): void;
  /** There will be none: all who wait, and all who ask, are told why. */
  close(reason: Error): void;
};

type Waiter = { readonly resolve: () => void; readonly reject: (reason: Error) => void };

export const createRoom = (hasRoom: () => boolean): Room => {
  let waiting: Waiter[] = [];
  let closedFor: Error | null = null;
  const take = () => {
    const taken = waiting;
    waiting = [];
    return taken;
  };
  return {
    wait: () =>
      new Promise((resolve, reject) => {
        if (closedFor) reject(closedFor);
        else if (hasRoom()) resolve();
        else waiting.push({ resolve, reject });
      }),
    look: () => {
      if (waiting.length > 0 && hasRoom()) for (const { resolve } of take()) resolve();
    },
    close: (reason) => {
      closedFor = reason;
      for (const { reject } of take()) reject(reason);
    },
  };
};
