// Many events may have one signal, as that of a whole process: it is listened to once, however many they are.

export type AbortWatch = {
  /** Runs when the signal is aborted; what is given back takes it out again. */
  add(signal: AbortSignal, run: () => void): () => void;
};

export const createAbortWatch = (): AbortWatch => {
  const watched = new Map<AbortSignal, Set<() => void>>();
  const start = (signal: AbortSignal): Set<() => void> => {
    const runs = new Set<() => void>();
    watched.set(signal, runs);
    signal.addEventListener('abort', onAbort, { once: true });
    return runs;
  };
  const onAbort = ({ target }: Event): void => {
    const signal = target as AbortSignal;
    const runs = watched.get(signal) ?? [];
    watched.delete(signal);
    for (const run of runs) run();
  };
  const drop = (signal: AbortSignal, run: () => void): void => {
    const runs = watched.get(signal);
    if (!runs?.delete(run) || runs.size > 0) return;
    watched.delete(signal);
    signal.removeEventListener('abort', onAbort);
  };
  return {
    add: (signal, run) => {
      (watched.get(signal) ?? start(signal)).add(run);
      return () => drop(signal, run);
    },
  };
};
