// The end of a producer, told to whatever is under way then. Not an AbortSignal: Node warns of the eleventh listener on one.

export type Stop = {
  readonly isStopped: boolean;
  /** Runs when it stops; what is given back takes it out again. */
  onStop(run: () => void): () => void;
};

export const createStop = (): Stop & { stop(): void } => {
  const runs = new Set<() => void>();
  let isStopped = false;
  return {
    get isStopped() {
      return isStopped;
    },
    onStop: (run) => {
      runs.add(run);
      return () => void runs.delete(run);
    },
    stop: () => {
      isStopped = true;
      for (const run of runs) run();
      runs.clear();
    },
  };
};
