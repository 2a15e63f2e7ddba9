// Waits until a lane has more than is known of it. However many wait, the heads are asked for once a round; nobody waits, nothing is asked.

export type HeadWatch = {
  /** true: some lane's head is beyond the given position. false: time is over. Rejects where the heads can't be read, or the signal is aborted. */
  wait(after: ReadonlyMap<number, number>, timeoutMs: number, signal: AbortSignal): Promise<boolean>;
};

export type HeadWatchOptions = {
  readonly readHeads: () => Promise<ReadonlyMap<number, number>>;
  readonly timers: Timers;
};

export type Timers = { after(delayMs: number, run: () => void): Disposable };

export const systemTimers: Timers = {
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
};

const shortestMs = 10;
const longestMs = 100;

type Waiter = {
  readonly after: ReadonlyMap<number, number>;
  readonly settle: (moved: boolean) => void;
  readonly fail: (error: unknown) => void;
};

export const createHeadWatch = ({ readHeads, timers }: HeadWatchOptions): HeadWatch => {
  const waiters = new Set<Waiter>();
  let isRunning = false;
  let delayMs = shortestMs;

  const round = async (): Promise<void> => {
    const heads = await readHeads().catch((error: unknown) => {
      for (const waiter of waiters) waiter.fail(error);
      return new Map<number, number>();
    });
    const moved = [...waiters].filter(({ after }) => [...after].some(([lane, position]) => (heads.get(lane) ?? 0) > position));
    for (const { settle } of moved) settle(true);
    delayMs = moved.length > 0 ? shortestMs : Math.min(delayMs * 2, longestMs);
    if (waiters.size === 0) isRunning = false;
    else timers.after(delayMs, () => void round());
  };

  return {
    wait: (after, timeoutMs, signal) =>
      new Promise((resolve, reject) => {
        const done = () => {
          waiters.delete(waiter);
          timer[Symbol.dispose]();
          signal.removeEventListener('abort', onAbort);
        };
        const waiter: Waiter = {
          after,
          settle: (moved) => {
            done();
            resolve(moved);
          },
          fail: (error) => {
            done();
            reject(error as Error);
          },
        };
        const onAbort = () => waiter.fail(signal.reason);
        const timer = timers.after(timeoutMs, () => waiter.settle(false));
        if (signal.aborted) return onAbort();
        signal.addEventListener('abort', onAbort, { once: true });
        waiters.add(waiter);
        if (isRunning) return;
        isRunning = true;
        void round();
      }),
  };
};
