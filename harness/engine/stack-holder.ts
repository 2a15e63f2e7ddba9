// The telemetry stack serves all scenarios of a run. One that has died is inconclusive for the scenario that it died in; the next gets a new one.
import type { EngineParts, RunningStack, StartHelper } from './parts.ts';
import type { OnProgress } from './progress.ts';

export type StackHolder = AsyncDisposable & {
  readonly current: () => RunningStack;
  /** The running stack; a new one where the old one has ended. */
  alive(): Promise<RunningStack>;
};

export const openStack = async (start: EngineParts['startStack'], helper: StartHelper, onProgress: OnProgress): Promise<StackHolder> => {
  let ended = false;
  const watch = (stack: RunningStack): RunningStack => {
    ended = false;
    void stack.exited.then(() => (ended = true));
    return stack;
  };
  let current = watch(await start(helper));
  return {
    current: () => current,
    alive: async () => {
      if (!ended) return current;
      onProgress({ kind: 'warning', text: 'the telemetry stack had ended by itself and is started anew' });
      await current[Symbol.asyncDispose]();
      current = watch(await start(helper));
      return current;
    },
    [Symbol.asyncDispose]: () => Promise.resolve(current[Symbol.asyncDispose]()),
  };
};
