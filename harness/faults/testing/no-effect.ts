// For tests of faults: worlds in which a fault of the database does nothing.
import pg from 'pg';
import { onServer } from '../../targets/database.ts';
import type { RunningTarget } from '../../targets/target.ts';

const endSql = `select pg_terminate_backend(pid, 2000) from pg_stat_activity where pid = $1`;

/** Ends the session that it is asked about before it answers, as one who clears away forgotten transactions does. */
export const endingQuery =
  (pool: pg.Pool): RunningTarget['query'] =>
  async <Row extends Record<string, unknown>>(sql: string, values: readonly unknown[] = []) => {
    await pool.query(endSql, [...values]);
    return (await pool.query<Row>(sql, [...values])).rows;
  };

/** Whoever asks for the way to the database first gets that of an account of two connections; all others the usual one. */
export const withCappedAccount = async (serverUrl: string, target: RunningTarget): Promise<RunningTarget> => {
  const { password } = new URL(serverUrl);
  const account = `create role capped login connection limit 2 password ${pg.escapeLiteral(decodeURIComponent(password) || 'capped')}`;
  await onServer(serverUrl, account, 'the account of few connections could not be made');
  const capped = Object.assign(new URL(serverUrl), { username: 'capped', password: password || 'capped' }).href;
  let asked = 0;
  return Object.defineProperty({ ...target }, 'databaseUrl', { get: () => ((asked += 1) === 1 ? capped : serverUrl) });
};
