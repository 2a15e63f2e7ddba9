// How long a round trip takes, watched from when an effect was felt until it is taken away. One question at a time: a connection of HTTP takes no more.
import { setTimeout as delay } from 'node:timers/promises';
import type { KeptProbe } from './probe.ts';

export type RoundTrips = {
  begin(): void;
  /** What is answered from now on counts no more. */
  end(): void;
  /** The quickest of the last ones, in milliseconds, once none is under way any more; null: none was answered. */
  last(): Promise<number | null>;
};

const everyMs = 100;
/** So few, that they are of the last moments. */
const kept = 3;

export const watchRoundTrips = (probe: KeptProbe, withinMs: number): RoundTrips => {
  let latest: readonly number[] = [];
  let watching: Promise<void> | null = null;
  const over = new AbortController();
  const watch = async (): Promise<void> => {
    while (!over.signal.aborted) {
      const asked = await probe.ask(withinMs);
      // One that was answered while it is taken away tells neither what was nor what is.
      if (over.signal.aborted) return;
      latest = asked.ok ? [...latest, asked.ms].slice(-kept) : [];
      await delay(everyMs, undefined, { signal: over.signal }).catch(() => undefined);
    }
  };
  return {
    begin: () => void (watching ??= watch()),
    end: () => over.abort(),
    last: async () => {
      over.abort();
      await watching;
      return latest.length === 0 ? null : Math.min(...latest);
    },
  };
};
