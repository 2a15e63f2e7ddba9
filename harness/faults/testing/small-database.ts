// For tests of faults: a database with one table, whose lock a fault may hold, and a writer as the target would have one.
import pg from 'pg';
import { harnessApplicationName } from '../../targets/database.ts';
import type { RunningTarget } from '../../targets/target.ts';
import { partialTarget } from './fault-world.ts';

export type Writer = AsyncDisposable & {
  /** How its attempts ended: `written`, or the code. */
  readonly ends: Set<string>;
};

export type SmallDatabase = AsyncDisposable & {
  readonly pool: pg.Pool;
  target(parts?: Partial<RunningTarget>): RunningTarget;
  /** Writes over and over, until it is disposed. */
  startWriter(): Promise<Writer>;
};

const pauseMs = 5;

export const openSmallDatabase = async (url: string): Promise<SmallDatabase> => {
  const pool = new pg.Pool({ connectionString: url, application_name: harnessApplicationName, max: 4 });
  pool.on('error', () => undefined);
  await pool.query('create table if not exists things (n int)');
  const query: RunningTarget['query'] = async <Row extends Record<string, unknown>>(sql: string, values: readonly unknown[] = []) =>
    (await pool.query<Row>(sql, [...values])).rows;
  return {
    pool,
    target: (parts = {}) => partialTarget({ databaseUrl: url, query, lockReadModel: () => lockThings(pool, query), ...parts }),
    startWriter: () => startWriter(url),
    [Symbol.asyncDispose]: () => pool.end(),
  };
};

const waitingSql = `select application_name as "applicationName", pid as "backendPid" from pg_stat_activity where $1::int = any(pg_blocking_pids(pid))`;

const lockThings = async (pool: pg.Pool, query: RunningTarget['query']): ReturnType<RunningTarget['lockReadModel']> => {
  const holder = await pool.connect();
  await holder.query('begin');
  await holder.query('lock table things in exclusive mode');
  const { rows } = await holder.query<{ pid: number }>('select pg_backend_pid() as pid');
  return {
    waiting: () => query<{ applicationName: string; backendPid: number }>(waitingSql, [rows[0]?.pid]),
    [Symbol.asyncDispose]: async () => {
      await holder.query('rollback');
      holder.release();
    },
  };
};

const startWriter = async (url: string): Promise<Writer> => {
  const client = new pg.Client({ connectionString: url, application_name: 'faultline-worker-test' });
  client.on('error', () => undefined);
  await client.connect();
  const ends = new Set<string>();
  let isOver = false;
  const running = (async () => {
    while (!isOver) {
      await client.query('insert into things values (1)').then(
        () => ends.add('written'),
        (error: { code?: string }) => ends.add(error.code ?? 'lost'),
      );
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  })();
  return {
    ends,
    [Symbol.asyncDispose]: async () => {
      isOver = true;
      await running;
      await client.end();
    },
  };
};
