// Keeps one query from holding the process: it lets others run every few milliseconds, and ends after its time.
import { setImmediate as nextTurn } from 'node:timers/promises';

/** In Loki's words, with its status 504. */
export class QueryTimeout extends Error {
  constructor() {
    super(
      'request timed out, decrease the duration of the request or add more label matchers (prefer exact match over regex match) to reduce the amount of data processed',
    );
  }
}

/** Past a limit: the query fails, it never answers with a part. */
export class QueryLimit extends Error {}

export type Turn = {
  /** What was looked at so far. */
  readonly cost: { lines: number; bytes: number };
  /** To be asked often; true: `pause` has to be awaited now. */
  isOver(): boolean;
  pause(): Promise<void>;
};

export type TurnOptions = { readonly nowMs: () => number; readonly timeoutMs: number; readonly sliceMs?: number };

export const createTurn = ({ nowMs, timeoutMs, sliceMs = 8 }: TurnOptions): Turn => {
  const deadlineMs = nowMs() + timeoutMs;
  let sliceEndsMs = nowMs() + sliceMs;
  return {
    cost: { lines: 0, bytes: 0 },
    isOver: () => nowMs() >= sliceEndsMs,
    async pause() {
      if (nowMs() > deadlineMs) throw new QueryTimeout();
      await nextTurn();
      sliceEndsMs = nowMs() + sliceMs;
    },
  };
};
