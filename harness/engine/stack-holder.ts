// The telemetry stack serves all scenarios of a run. One that has died is inconclusive for the scenario that it died in; the next gets a new one.
import type { RunningStack } from '../stack/running-stack.ts';
import type { EngineParts, StartHelper } from './parts.ts';
import type { OnProgress } from './progress.ts';

export type StackHolder = AsyncDisposable & {
  readonly current: () => RunningStack;
  /** The running stack; a new one where the old one has ended. */
  alive(): Promise<RunningStack>;
};

export const openStack = async (start: EngineParts['startStack'], helper: StartHelper, onProgress: OnProgress): Promise<StackHolder> => {
  let ended: string | null = null;
  const watch = (stack: RunningStack): RunningStack => {
    ended = null;
    void stack.exited.then((part) => (ended = part));
    return stack;
  };
  let current = watch(await start(helper));
  return {
    current: () => current,
    alive: async () => {
      if (ended === null) return current;
      onProgress({ kind: 'warning', text: `the telemetry stack (${ended}) had ended by itself and is started anew` });
      await current[Symbol.asyncDispose]();
      current = watch(await start(helper));
      return current;
    },
    [Symbol.asyncDispose]: () => Promise.resolve(current[Symbol.asyncDispose]()),
  };
};
