// The runtimes of the telemetry stack by name. Whichever it is, what runs is the same to all who use it.
import { startAttach } from './attach/start-attach.ts';
import { startDocker } from './docker/start-docker.ts';
import { startNative } from './native/start-native.ts';
import type { RunningStack, RuntimeName } from './running-stack.ts';
import type { StackOptions } from './stack-options.ts';
import { startEmbedded } from './start-embedded.ts';

type StartRuntime = (options: StackOptions) => Promise<RunningStack>;

const runtimes: Readonly<Record<RuntimeName, StartRuntime>> = {
  embedded: startEmbedded,
  native: startNative,
  docker: startDocker,
  attach: startAttach,
};

/** Rejects with a HarnessError that says what is missing or what died; nothing is left behind then. Whoever started it disposes it. */
export const startStack = (runtime: RuntimeName, options: StackOptions): Promise<RunningStack> => runtimes[runtime](options);
