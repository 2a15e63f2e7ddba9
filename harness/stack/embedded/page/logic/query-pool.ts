// At most so many requests at once, in the order in which they were asked for; what nobody waits for any more is not sent.

export type QueryPool = {
  /** Rejects with the signal's reason when it is aborted, also before its turn. */
  run<Result>(task: () => Promise<Result>, signal: AbortSignal): Promise<Result>;
};

export const createQueryPool = (atOnce: number): QueryPool => {
  const waiting: (() => void)[] = [];
  let running = 0;

  const next = (): void => {
    while (running < atOnce) {
      const start = waiting.shift();
      if (start === undefined) return;
      start();
    }
  };

  return {
    run: (task, signal) =>
      new Promise((resolve, reject) => {
        const start = (): void => {
          signal.removeEventListener('abort', leave);
          running += 1;
          task()
            .then(resolve, reject)
            .finally(() => {
              running -= 1;
              next();
            });
        };
        const leave = (): void => {
          const at = waiting.indexOf(start);
          if (at >= 0) waiting.splice(at, 1);
          reject(signal.reason as Error);
        };
        if (signal.aborted) return reject(signal.reason as Error);
        signal.addEventListener('abort', leave, { once: true });
        waiting.push(start);
        next();
      }),
  };
};
