// Ctrl-C and the polite signals: the first takes everything down in order, the second ends the harness at once and leaves the rest to the reaper.

export type Interruption = Disposable & { readonly signal: AbortSignal };

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export const watchInterruption = (say: (text: string) => void, endAtOnce: () => void): Interruption => {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) {
      say('interrupted again: ending at once; the reaper takes the rest down');
      endAtOnce();
      return;
    }
    say('interrupted: healing faults and taking everything down (once more ends at once)');
    controller.abort();
  };
  for (const name of signals) process.on(name, onSignal);
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      for (const name of signals) process.off(name, onSignal);
    },
  };
};
