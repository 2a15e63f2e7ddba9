// Ctrl-C and the polite signals: the first takes everything down in order, a later one ends the harness at once and leaves the rest to the reaper.
// One Ctrl-C comes more than once: the terminal tells every process of the group, and npm, the installed command and the selftest hand on what they were told.

import { exitCodes } from './exit-codes.ts';

export type Interruption = Disposable & { readonly signal: AbortSignal };

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** What comes within this time of the first is the same interruption. */
const sameForMs = 1000;

/** Of the process; a test has its own. */
export type SignalSource = {
  on(name: NodeJS.Signals, listener: () => void): unknown;
  off(name: NodeJS.Signals, listener: () => void): unknown;
  now(): number;
};

const ofProcess: SignalSource = {
  on: (name, listener) => process.on(name, listener),
  off: (name, listener) => process.off(name, listener),
  now: () => performance.now(),
};

export const watchInterruption = (say: (text: string) => void, endAtOnce: () => void, source: SignalSource = ofProcess): Interruption => {
  const controller = new AbortController();
  let firstAt: number | null = null;
  const onSignal = (): void => {
    if (firstAt === null) {
      firstAt = source.now();
      say('interrupted: healing faults and taking everything down (once more ends at once)');
      controller.abort(new Error('interrupted'));
    } else if (source.now() - firstAt >= sameForMs) {
      say('interrupted again: ending at once; the reaper takes the rest down');
      endAtOnce();
    }
  };
  for (const name of signals) source.on(name, onSignal);
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      for (const name of signals) source.off(name, onSignal);
    },
  };
};

/** Of a program that has nothing to write down before it ends at once; told beside what it prints. */
export const watchProgram = (): Interruption =>
  watchInterruption(
    (text) => console.error(text),
    () => process.exit(exitCodes.interrupted),
  );
