// A process is started again in the slot of one that has ended: `worker 0`. Two that live in one slot would share a port, a log and a name, and only one of
// them would be found by whoever looks there: a second start is refused, and so is one beside a process that still runs.
import type { Clock } from '../engine/clock.ts';
import { HarnessError } from '../engine/errors.ts';
import { within } from '../engine/within.ts';

export type Slots = {
  /** Rejects with FL_TARGET_FAILED where `before` does not end soon, or another start of this slot is under way; else as `start` does. */
  fill<Started>(slot: string, before: Ended, start: () => Promise<Started>): Promise<Started>;
};

type Ended = { readonly pid: number; readonly exited: Promise<unknown> };

/** Whoever starts another has struck the one before already, and waited for its end. */
const endsWithinMs = 5000;

export const createSlots = (clock: Clock): Slots => {
  const taken = new Set<string>();
  return {
    fill: async (slot, { pid, exited }, start) => {
      if (taken.has(slot)) throw new HarnessError('FL_TARGET_FAILED', `${slot} is being started again already: two struck it at one time`);
      taken.add(slot);
      try {
        if ((await within(exited, endsWithinMs, clock)) === null)
          throw new HarnessError('FL_TARGET_FAILED', `${slot} (pid ${pid}) still runs, so none is started in its place`);
        return await start();
      } finally {
        taken.delete(slot);
      }
    },
  };
};
