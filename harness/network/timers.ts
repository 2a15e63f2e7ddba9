// Time for what forwards bytes: monotonic milliseconds with fractions, and something to do later that can be called off.
export type Timers = {
  now(): number;
  after(ms: number, act: () => void): Disposable;
};

export const systemTimers: Timers = {
  now: () => performance.now(),
  after: (ms, act) => {
    const timer = setTimeout(act, ms);
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
};
