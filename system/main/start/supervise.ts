// Keeps one process of the system running: started again, with a growing wait, when it ends by itself; and it is said plainly.
import { setTimeout as delay } from 'node:timers/promises';
import { createRestartBackOff, type RestartBackOff } from './back-off.ts';
import { describeExit, startChild, type Child, type ChildOptions } from './child.ts';

export type Supervised = {
  readonly name: string;
  /** Of the latest ready line. */
  attributes(): Readonly<Record<string, unknown>>;
  /** Ends the supervision, then the process; resolves when it is gone. */
  stop(boundMs: number): Promise<void>;
  /** At once, without order. */
  kill(): void;
};

export type SuperviseOptions = ChildOptions & {
  /** The environment of a later start, from what the earlier one said of itself. */
  readonly again?: (attributes: Readonly<Record<string, unknown>>) => ChildOptions['environment'];
  readonly say: (message: string) => void;
  readonly clock: () => number;
};

type State = { child: Child; attributes: Readonly<Record<string, unknown>>; readyAt: number; readonly stopping: AbortController };

const restart = async (state: State, options: SuperviseOptions): Promise<boolean> => {
  const environment = options.again?.(state.attributes) ?? options.environment;
  state.child = startChild({ ...options, environment });
  try {
    state.attributes = await state.child.ready;
    state.readyAt = options.clock();
    options.say(`${options.name} runs again (pid ${state.child.pid})`);
    return true;
  } catch (error) {
    if (!state.stopping.signal.aborted) options.say(`${options.name} did not start: ${(error as Error).message}`);
    return false;
  }
};

const keepRunning = async (state: State, options: SuperviseOptions, backOff: RestartBackOff): Promise<void> => {
  let started = true;
  while (!state.stopping.signal.aborted) {
    const exit = await state.child.exited;
    if (state.stopping.signal.aborted) return;
    const waitMs = backOff.next(started ? options.clock() - state.readyAt : 0);
    options.say(`${options.name} ended ${describeExit(exit)}; it is started again in ${waitMs / 1000} s`);
    await delay(waitMs, undefined, { signal: state.stopping.signal }).catch(() => undefined);
    if (state.stopping.signal.aborted) return;
    started = await restart(state, options);
  }
};

/** Resolves when it is ready for the first time. Rejects, with nothing left running, when it refuses: what is wrong at the start is the user's to mend. */
export const supervise = async (options: SuperviseOptions, signal: AbortSignal): Promise<Supervised> => {
  const child = startChild(options);
  const onAbort = (): void => void child.stop(10_000);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    const attributes = await child.ready;
    const state: State = { child, attributes, readyAt: options.clock(), stopping: new AbortController() };
    const running = keepRunning(state, options, createRestartBackOff());
    return {
      name: options.name,
      attributes: () => state.attributes,
      stop: async (boundMs) => {
        state.stopping.abort();
        const { forced } = await state.child.stop(boundMs);
        if (forced) options.say(`${options.name} did not stop within ${boundMs / 1000} s and was killed`);
        await running;
      },
      kill: () => {
        state.stopping.abort();
        state.child.kill();
      },
    };
  } catch (error) {
    child.kill();
    await child.exited;
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
};
