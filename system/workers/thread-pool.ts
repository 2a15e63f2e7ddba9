// A fixed number of handler threads, lent one task at a time, and one warm spare for all pools, so that a lane does not wait for a thread to start
// after one was ended.
import type { HandlerThread } from './handler-thread.ts';

export type StartThread = (name: string) => Promise<HandlerThread>;

/** Threads that are started before they are wanted. */
export type SpareThreads = AsyncDisposable & { take(): Promise<HandlerThread> };

/** While the first threads load what they run, a spare would only take the processors from them. */
const firstSpareAfterMs = 1000;

export const createSpareThreads = (start: StartThread): SpareThreads => {
  let number = 0;
  let disposed = false;
  let isWarm = false;
  const startNext = () => {
    const thread = start(`handler-${(number += 1)}`);
    // Whoever takes it hears of a failure; until then it must not end the process.
    thread.catch(() => {});
    return thread;
  };
  let spare: Promise<HandlerThread> | null = null;
  const warm = setTimeout(() => {
    isWarm = true;
    spare ??= startNext();
  }, firstSpareAfterMs);
  warm.unref();
  return {
    take: async () => {
      const taken = spare ?? startNext();
      spare = null;
      const thread = await taken;
      if (disposed) await thread.end();
      else if (isWarm) spare ??= startNext();
      return thread.alive() || disposed ? thread : startNext();
    },
    [Symbol.asyncDispose]: async () => {
      disposed = true;
      clearTimeout(warm);
      await spare?.then((thread) => thread.end()).catch(() => {});
    },
  };
};

export type ThreadPool = AsyncDisposable & {
  use<Result>(work: (thread: HandlerThread) => Promise<Result>): Promise<Result>;
};

/** Starts its threads when they are first asked for. */
export const createLazyThreadPool = (size: number, spares: SpareThreads): ThreadPool => {
  let started: Promise<ThreadPool> | null = null;
  const start = () => {
    const starting = createThreadPool(size, spares);
    starting.catch(() => (started = null));
    return starting;
  };
  return {
    use: async (work) => (await (started ??= start())).use(work),
    [Symbol.asyncDispose]: async () => {
      const pool = await started?.catch(() => null);
      await pool?.[Symbol.asyncDispose]();
    },
  };
};

/** Starts its threads at once; rejects when the first of them can't work. */
export const createThreadPool = async (size: number, spares: SpareThreads): Promise<ThreadPool> => {
  const idle: HandlerThread[] = await Promise.all(Array.from({ length: size }, () => spares.take()));
  const all = new Set(idle);
  const waiting: PromiseWithResolvers<HandlerThread>[] = [];
  let disposed = false;
  const giveBack = (thread: HandlerThread) => {
    const next = waiting.shift();
    if (next === undefined) idle.push(thread);
    else next.resolve(thread);
  };
  const replace = async (thread: HandlerThread) => {
    all.delete(thread);
    const fresh = await spares.take();
    all.add(fresh);
    return fresh;
  };
  const take = async () => {
    const thread = idle.pop();
    if (thread !== undefined) return thread;
    const place = Promise.withResolvers<HandlerThread>();
    waiting.push(place);
    return place.promise;
  };
  return {
    use: async (work) => {
      let thread = await take();
      try {
        if (!thread.alive() && !disposed) thread = await replace(thread);
        return await work(thread);
      } finally {
        giveBack(thread);
      }
    },
    [Symbol.asyncDispose]: async () => {
      disposed = true;
      await Promise.all([...all].map((thread) => thread.end()));
    },
  };
};
