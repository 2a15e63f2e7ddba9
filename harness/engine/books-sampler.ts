// Writes the target's books down once a second while a scenario plays, so that they can be judged at every instant and not at the end alone.
import { createCountedWriter } from '../history/counted-file.ts';
import type { BookSample } from '../history/book-sample.ts';
import type { Clock } from './clock.ts';

export type BooksSamplerOptions = { readonly path: string; readonly clock: Clock; readonly ask: () => Promise<BookSample> };

const everyMs = 1000;

/** Samples until disposed. A question that fails, for the database is what a fault has hit, leaves a gap and no more. */
export const startBooksSampler = ({ path, clock, ask }: BooksSamplerOptions): AsyncDisposable => {
  const stop = new AbortController();
  const writer = createCountedWriter(path);
  const sample = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      await clock.sleep(everyMs, stop.signal);
      const books = await ask().catch(() => null);
      if (books !== null) writer.add(books);
    }
  };
  const running = sample();
  return {
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
      await writer.end();
    },
  };
};
