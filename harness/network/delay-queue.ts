// Pieces of data that wait until they are due, in order. It holds no socket: whoever owns it says when nothing may go on, and takes what does.
import type { Timers } from './timers.ts';

/** null: the end of the connection. */
export type Piece = Buffer | null;

export type DelayQueue = Disposable & {
  put(piece: Piece, dueAt: number): void;
  /** Lets go on what may. Asked again whenever that may have changed. */
  pump(): void;
  isEmpty(): boolean;
  bytes(): number;
  /** Throws away what waits; how many bytes that were. */
  drop(): number;
};

export type DelayQueueOptions = {
  readonly timers: Timers;
  readonly mayGoOn: () => boolean;
  /** What waits need not wait for its time any more. */
  readonly isAtOnce: () => boolean;
  readonly goOn: (piece: Piece) => void;
};

export const createDelayQueue = ({ timers, mayGoOn, isAtOnce, goOn }: DelayQueueOptions): DelayQueue => {
  const waiting: { readonly piece: Piece; readonly dueAt: number }[] = [];
  let bytes = 0;
  let timer: Disposable | null = null;
  const stop = (): void => {
    timer?.[Symbol.dispose]();
    timer = null;
  };
  const pump = (): void => {
    stop();
    for (let first = waiting[0]; first !== undefined && mayGoOn(); first = waiting[0]) {
      const waitMs = isAtOnce() ? 0 : first.dueAt - timers.now();
      if (waitMs > 0) {
        timer = timers.after(waitMs, pump);
        return;
      }
      waiting.shift();
      bytes -= first.piece?.length ?? 0;
      goOn(first.piece);
    }
  };
  return {
    put: (piece, dueAt) => {
      bytes += piece?.length ?? 0;
      waiting.push({ piece, dueAt: Math.max(dueAt, waiting.at(-1)?.dueAt ?? 0) });
      pump();
    },
    pump,
    isEmpty: () => waiting.length === 0,
    bytes: () => bytes,
    drop: () => {
      stop();
      const dropped = bytes;
      waiting.length = 0;
      bytes = 0;
      return dropped;
    },
    [Symbol.dispose]: () => {
      stop();
      waiting.length = 0;
    },
  };
};
