// The target's desk as an operator's fault works with it: what was asked and answered is evidence.
import { HarnessError } from '../../engine/errors.ts';
import { waitUntil } from '../../engine/wait-until.ts';
import type { OperatorAccess } from '../../targets/target.ts';
import type { FaultContext } from '../fault.ts';
import type { Observations } from '../observations.ts';

export type Desk = {
  /** Asks, notes the answer, and says whether it was done. */
  ask(path: string, body: Readonly<Record<string, unknown>>, what: string): Promise<{ readonly isDone: boolean; readonly body: Answer }>;
  look<Seen>(path: string): Promise<Seen>;
  /** False: not within the fault's time. */
  until<Seen>(what: string, look: () => Promise<Seen>, holds: (seen: Seen) => boolean): Promise<boolean>;
  /** Lets time pass. */
  wait(seconds: number): Promise<void>;
};

export type Answer = Readonly<Record<string, unknown>>;

const everyMs = 100;

export const openDesk = (context: FaultContext, observations: Observations, endsAt: number): Desk => {
  const access = accessOf(context);
  const { clock, signal } = context;
  return {
    ask: async (path, body, what) => {
      const { status, body: answer } = await access.ask(path, { requested_by: 'harness', why: 'a scenario', ...body });
      const isDone = status >= 200 && status < 300;
      observations.add('operator', `${what}: ${isDone ? 'done' : `refused with ${status}`}`, { event: 'asked', path, status, answer });
      return { isDone, body: answer };
    },
    look: async <Seen>(path: string) => (await access.look(path)) as Seen,
    until: async (what, look, holds) => {
      const withinMs = Math.max(0, endsAt - clock.now());
      const { done, last, afterMs } = await waitUntil(look, holds, { clock, withinMs, everyMs, signal });
      observations.add('operator', done ? `${what} after ${afterMs} ms` : `${what}: not within ${withinMs} ms`, { event: 'seen', last });
      return done;
    },
    wait: (seconds) => clock.sleep(seconds * 1000, signal),
  };
};

const accessOf = ({ target }: FaultContext): OperatorAccess => {
  if (target.operator !== undefined) return target.operator;
  throw new HarnessError(
    'FL_TARGET_FAILED',
    'the target has no desk at which an operator could ask for anything, though it says that it offers one',
  );
};
