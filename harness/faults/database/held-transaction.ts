// Transactions that somebody forgot: one that has written and idles, or one that only holds a snapshot. Evidence is the server's own list of sessions.
import { type OwnSession, openSession } from './session.ts';
import type { DatabaseEffect } from '../../scenario/faults/database-fault.ts';
import type { FaultContext } from '../fault.ts';
import type { TimedSteps } from '../timed-fault.ts';

type Row = { readonly state: string; readonly xid: string | null; readonly seconds: number; readonly horizon: number | null };

/** `horizon`: how many transactions have begun since the oldest that this session can still see. */
const sessionSql = `select state, backend_xid::text as "xid", extract(epoch from clock_timestamp() - xact_start)::float8 as "seconds",
  age(backend_xmin)::float8 as "horizon" from pg_stat_activity where pid = $1 and xact_start is not null`;

type HeldEffect = Extract<DatabaseEffect, { readonly effect: 'idle-transaction' | 'long-snapshot' }>;
type Held = { readonly begin: readonly string[]; readonly event: string; readonly holds: (row: Row) => boolean };

const stepsOf =
  ({ begin, event, holds }: Held) =>
  async (effect: HeldEffect, { target }: FaultContext): Promise<TimedSteps> => {
    const url = 'elsewhere' in effect ? otherDatabase(target.databaseUrl) : target.databaseUrl;
    let pid = 0;
    const ask = async (): Promise<Row | undefined> => (await target.query<Row>(sessionSql, [pid]))[0];
    const describe = (row: Row | undefined): string =>
      row === undefined
        ? `backend ${pid} holds no transaction`
        : `backend ${pid} is ${row.state} for ${row.seconds.toFixed(1)} s, ` +
          `${row.xid === null ? 'has written nothing' : `has written as transaction ${row.xid}`}, ` +
          `${row.horizon === null ? 'holds no snapshot' : `holds a snapshot ${row.horizon} transactions old`}`;
    return {
      inject: async () => {
        const session = await openSession(url);
        try {
          pid = await start(session, begin);
        } catch (error) {
          await session[Symbol.asyncDispose]();
          throw error;
        }
        return session;
      },
      look: async () => {
        const row = await ask();
        return { is: row !== undefined && holds(row), source: 'pg_stat_activity', observed: describe(row), data: { event, pid, row } };
      },
      lookAfter: async () => {
        const row = await ask();
        return { is: row === undefined, source: 'pg_stat_activity', observed: describe(row), data: { event: 'healed', pid, row } };
      },
    };
  };

/** One that every server has: whoever made the target's own connected to it. */
const otherDatabase = (databaseUrl: string): string => {
  const url = new URL(databaseUrl);
  url.pathname = '/postgres';
  return url.href;
};

const start = async ({ client }: OwnSession, begin: readonly string[]): Promise<number> => {
  await client.query('set idle_in_transaction_session_timeout = 0');
  for (const statement of begin) await client.query(statement);
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return rows[0]!.pid;
};

export const idleTransaction = stepsOf({
  begin: ['begin', 'select pg_current_xact_id()'],
  event: 'idle-in-transaction',
  holds: ({ state, xid }) => state === 'idle in transaction' && xid !== null,
});

/** It has an effect once others have gone on: what they let die must stay. */
export const longSnapshot = stepsOf({
  begin: ['begin transaction isolation level repeatable read read only'],
  event: 'snapshot-held',
  holds: ({ horizon }) => horizon !== null && horizon > 0,
});
