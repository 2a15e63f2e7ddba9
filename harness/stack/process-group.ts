// The process group that a child of ours leads: what a shell or a runner starts in its turn belongs to it, and is signalled and waited for with it.
// Only what is known to be of the group is signalled: its number may be another's once all of it are gone.
import type { Clock } from '../engine/clock.ts';
import { isAlive, signalProcess } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';
import { markedProcesses, processesOfGroup } from './process-table.ts';

export type ProcessGroup = {
  /** Everybody in it, also where the leader is gone. False: nobody is left. */
  signal(signal: NodeJS.Signals): boolean;
  /** Resolves when nobody of it lives any more, or when the signal aborts. */
  gone(clock: Clock, signal: AbortSignal): Promise<void>;
};

const everyMs = 50;

/** `run`: whose mark its processes carry. */
export const createProcessGroup = (leader: ProcessIdentity, run: string): ProcessGroup => {
  let known: readonly ProcessIdentity[] = [leader];
  /** While the leader lives, the number is its group's. Afterwards only the mark tells ours (on Linux; elsewhere those that were seen before). */
  const look = (): readonly ProcessIdentity[] => {
    const table = processesOfGroup(leader.pid);
    const found = isAlive(leader) ? table : markedProcesses(run, table);
    const before = known.filter((one) => isAlive(one) && !found.some(({ pid }) => pid === one.pid));
    return (known = [...found, ...before]);
  };
  /** The whole table is asked only where all that were known are gone. */
  const living = (): readonly ProcessIdentity[] => {
    known = known.filter(isAlive);
    return known.length > 0 ? known : look();
  };
  return {
    signal(signal) {
      const members = look();
      if (!isAlive(leader)) return members.filter((member) => trySignal(member, signal)).length > 0;
      // All at once: none of them may start another in the meantime.
      process.kill(-leader.pid, signal);
      return true;
    },
    async gone(clock, signal) {
      while (!signal.aborted && living().length > 0) await clock.sleep(everyMs, signal);
    },
  };
};

const trySignal = (identity: ProcessIdentity, signal: NodeJS.Signals): boolean => {
  try {
    return signalProcess(identity, signal);
  } catch {
    // Another user's, whom it became: not ours to end.
    return false;
  }
};
