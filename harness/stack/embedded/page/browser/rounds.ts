// The rounds in which a dashboard asks: at once when the reader changes something, then by the clock. What the reader changes supersedes what is under way.
import { parseDurationMs } from '../../../../dashboards/time-range.ts';
import { wasAborted } from './ask.ts';

export type RoundsOptions = {
  readonly ask: (isAutomatic: boolean, signal: AbortSignal) => Promise<void>;
  /** As written ("5s"); empty: none. */
  readonly refresh: () => string;
  readonly onError: (message: string) => void;
};

const leastMs = 1_000;

export const createRounds = ({ ask, refresh, onError }: RoundsOptions): { readonly start: () => void } => {
  let asking = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const run = async (isAutomatic: boolean, signal: AbortSignal): Promise<void> => {
    try {
      await ask(isAutomatic, signal);
    } catch (error) {
      if (!wasAborted(error)) onError((error as Error).message);
    }
    if (!signal.aborted) schedule(signal);
  };
  /** A page that nobody sees asks nothing. */
  const schedule = (signal: AbortSignal): void => {
    const everyMs = parseDurationMs(refresh()) ?? 0;
    if (everyMs <= 0) return;
    timer = setTimeout(() => void (document.hidden ? schedule(signal) : run(true, signal)), Math.max(everyMs, leastMs));
  };
  return {
    start: () => {
      clearTimeout(timer);
      asking.abort();
      asking = new AbortController();
      void run(false, asking.signal);
    },
  };
};
