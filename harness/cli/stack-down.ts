// `stack down`: tells the process that keeps the stack to end, and waits until it has. Nothing that `up` did not start is touched.
import { systemClock } from '../engine/clock.ts';
import { HarnessError } from '../engine/errors.ts';
import { waitUntil } from '../engine/wait-until.ts';
import { isAlive, signalProcess } from '../stack/process-identity.ts';
import { type Found, removeState } from './stack-state.ts';

const withinMs = 30_000;

export const takeDown = async (folder: string, found: Found): Promise<string> => {
  if (found.kind === 'none') return 'No stack is up; there is nothing to take down.';
  const { runtime, keeper } = found.state;
  if (found.kind === 'running') {
    signalProcess(keeper, 'SIGTERM');
    const { done } = await waitUntil(async () => !isAlive(keeper), Boolean, { clock: systemClock, withinMs, everyMs: 50 });
    if (!done)
      throw new HarnessError(
        'FL_STACK_FAILED',
        `the ${runtime} stack (pid ${keeper.pid}) is not down after ${withinMs / 1000} s; see its logs in ${folder}`,
      );
  }
  await removeState(folder);
  return found.kind === 'running' ? `The ${runtime} stack is down.` : `The ${runtime} stack had ended already.`;
};
