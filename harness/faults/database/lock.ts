// The read model is locked: whoever writes it waits. Evidence are the backends that the server says wait for exactly this lock.
import type { DatabaseSteps } from './steps.ts';

type Lock = Awaited<ReturnType<Parameters<DatabaseSteps<'lock'>>[1]['target']['lockReadModel']>>;

const waitingSql = `select pid from pg_stat_activity
  where datname = current_database() and wait_event_type = 'Lock' and wait_event = 'relation'`;

export const lock: DatabaseSteps<'lock'> = async (_effect, { target }) => {
  let held: Lock | null = null;
  return {
    inject: async () => {
      const taken = await target.lockReadModel();
      held = taken;
      return taken;
    },
    look: async () => {
      const waiting = (await held?.waiting()) ?? [];
      const names = waiting.map(({ applicationName, backendPid }) => `${applicationName} (backend ${backendPid})`);
      const observed = names.length === 0 ? 'nobody waits for the lock' : `wait for the lock: ${names.join(', ')}`;
      return { is: names.length > 0, source: 'pg_locks', observed, data: { event: 'waiting', waiting } };
    },
    lookAfter: async () => {
      const waiting = await target.query(waitingSql);
      return {
        is: waiting.length === 0,
        source: 'pg_stat_activity',
        observed: `${waiting.length} backends wait for a lock on a table`,
        data: { event: 'healed', waiting: waiting.length },
      };
    },
  };
};
