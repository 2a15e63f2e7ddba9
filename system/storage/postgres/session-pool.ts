// A few sessions, lent one at a time in the order of asking.
import type { Session } from './session.ts';

export type SessionPool = AsyncDisposable & {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
  use<Result>(work: (session: Session) => Promise<Result>): Promise<Result>;
};

export const createSessionPool = (sessions: readonly Session[]): SessionPool => {
  const idle = [...sessions];
  const waiting: ((session: Session) => void)[] = [];
  const take = () => {
    const session = idle.pop();
    return session === undefined ? new Promise<Session>((resolve) => void waiting.push(resolve)) : Promise.resolve(session);
  };
  const giveBack = (session: Session) => {
    const next = waiting.shift();
    if (next === undefined) idle.push(session);
    else next(session);
  };
  return {
    totalCount: sessions.length,
    get idleCount() {
      return idle.length;
    },
    get waitingCount() {
      return waiting.length;
    },
    use: async (work) => {
      const session = await take();
      try {
        return await work(session);
      } finally {
        giveBack(session);
      }
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(sessions.map((session) => session[Symbol.asyncDispose]()));
    },
  };
};
