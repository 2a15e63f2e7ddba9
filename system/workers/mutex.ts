// One at a time, in the order of asking.
export type Mutex = { acquire(): Promise<Disposable> };

export const createMutex = (): Mutex => {
  let last = Promise.resolve();
  return {
    acquire: async () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const before = last;
      last = promise;
      await before;
      return { [Symbol.dispose]: resolve };
    },
  };
};
