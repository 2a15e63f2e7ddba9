// What was acknowledged of each key and when, against what a read shows: how old a read is. Pure.

/** A key takes so many events, one after the other, so that one page of its timeline shows it whole. */
export const eventsAKey = 400;

export const keyOf = (n: number): string => `live-${Math.floor(n / eventsAKey)}`;

export type LiveKeys = {
  /** The n-th event was answered 2xx at this moment. Within a key in the order of sending. */
  acknowledged(n: number, atMs: number): void;
  /** Keys that have events, the newest last. */
  keys(): readonly string[];
  /** Milliseconds since the oldest event that was acknowledged before the read began and is not shown; 0: it shows them all. */
  age(key: string, startedAtMs: number, shown: number): number;
  readonly size: () => number;
};

export const createLiveKeys = (): LiveKeys => {
  const times = new Map<string, number[]>();
  return {
    acknowledged: (n, atMs) => {
      const key = keyOf(n);
      const known = times.get(key);
      if (known === undefined) times.set(key, [atMs]);
      else known.push(atMs);
    },
    keys: () => [...times.keys()],
    age: (key, startedAtMs, shown) => {
      const oldest = times.get(key)?.[shown];
      return oldest === undefined || oldest >= startedAtMs ? 0 : startedAtMs - oldest;
    },
    size: () => [...times.values()].reduce((sum, { length }) => sum + length, 0),
  };
};
