// Holds the read model of processor timelines, so that its worker stands still inside its open transaction for as long as the lock is held.
import type { Pool } from 'pg';
import type { RunningTarget } from '../target.ts';

/** EXCLUSIVE lets readers pass and stops every writer. It is given up within two seconds if someone else will not let go. */
const lockSql = `set local lock_timeout = '2s'; lock table timeline_entries in exclusive mode`;

const waitingSql = `select distinct a.application_name as "applicationName", a.pid as "backendPid"
  from pg_locks l join pg_stat_activity a on a.pid = l.pid
  where not l.granted and l.relation = 'timeline_entries'::regclass and $1::int = any(pg_blocking_pids(a.pid))`;

export const lockReadModel = async (pool: Pool): ReturnType<RunningTarget['lockReadModel']> => {
  const holder = await pool.connect();
  try {
    await holder.query('begin');
    await holder.query(lockSql);
    const { rows } = await holder.query<{ pid: number }>('select pg_backend_pid() as pid');
    const holderPid = rows[0]?.pid;
    return {
      waiting: async () => (await pool.query<{ applicationName: string; backendPid: number }>(waitingSql, [holderPid])).rows,
      [Symbol.asyncDispose]: async () => {
        await holder.query('rollback').finally(() => holder.release());
      },
    };
  } catch (error) {
    holder.release(true);
    throw error;
  }
};
