// Each fault of the database on a real server: its evidence is there while it lasts and gone after; without the injection nothing is seen.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { DatabaseEffect, DatabaseFault } from '../scenario/faults/database-fault.ts';
import { createRegistry } from '../stack/process-registry.ts';
import { createDatabase, dropDatabase, harnessApplicationName } from '../targets/database.ts';
import { type PostgresServer, startPostgres } from '../targets/faultline/postgres-server.ts';
import { openSmallDisk } from '../targets/faultline/small-disk.ts';
import type { RunningTarget } from '../targets/target.ts';
import { database } from './database.ts';
import { openFaultWorld, partialTarget } from './testing.ts';

let url: string;
let pool: pg.Pool;
beforeAll(async () => {
  url = await createDatabase(inject('postgresUrl'), `fault_database_${process.pid}`);
  pool = new pg.Pool({ connectionString: url, application_name: harnessApplicationName, max: 4 });
  pool.on('error', () => undefined);
  await pool.query('create table things (n int)');
});
afterAll(async () => {
  await pool.end();
  await dropDatabase(inject('postgresUrl'), url);
});

const query: RunningTarget['query'] = async <Row extends Record<string, unknown>>(sql: string, values: readonly unknown[] = []) =>
  (await pool.query<Row>(sql, [...values])).rows;

const lockThings: RunningTarget['lockReadModel'] = async () => {
  const holder = await pool.connect();
  await holder.query('begin');
  await holder.query('lock table things in exclusive mode');
  const { rows } = await holder.query<{ pid: number }>('select pg_backend_pid() as pid');
  return {
    waiting: async () => [
      ...(await query<{ applicationName: string; backendPid: number }>(
        `select application_name as "applicationName", pid as "backendPid" from pg_stat_activity where $1::int = any(pg_blocking_pids(pid))`,
        [rows[0]?.pid],
      )),
    ],
    [Symbol.asyncDispose]: async () => {
      await holder.query('rollback');
      holder.release();
    },
  };
};

const faultOf = (effect: DatabaseEffect, seconds = 0.5): DatabaseFault => ({
  kind: 'database',
  name: 'bad-database',
  at: { phase: 'fault', afterSeconds: 0 },
  seconds,
  ...effect,
});
const targetOf = (parts: Partial<RunningTarget> = {}): RunningTarget =>
  partialTarget({ databaseUrl: url, query, lockReadModel: lockThings, ...parts });
const seen = (evidence: { readonly observations: readonly { readonly observed: string }[] }) =>
  evidence.observations.map(({ observed }) => observed);

/** Writes as the target would, over and over, until it is disposed; how each attempt ended. */
const writer = async (): Promise<AsyncDisposable & { readonly ends: Set<string> }> => {
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
      await new Promise((resolve) => setTimeout(resolve, 5));
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

describe('a fault of the database', () => {
  test('lock: writers wait while it is held; without writers nobody is seen to wait', async () => {
    await using world = await openFaultWorld();
    expect(await database(faultOf({ effect: 'lock' }), world.context(targetOf()))).toMatchObject({ tookEffect: false, healed: true });
    await using _writer = await writer();
    const evidence = await database(faultOf({ effect: 'lock' }), world.context(targetOf()));
    expect(evidence).toMatchObject({ tookEffect: true, healed: true });
    expect(seen(evidence)[0]).toMatch(/wait for the lock: faultline-worker-test/);
  });

  test('read-only: who writes is refused, who has a transaction open is not, and all may write again', async () => {
    await using world = await openFaultWorld();
    await using writes = await writer();
    const evidence = await database(faultOf({ effect: 'read-only' }), world.context(targetOf()));
    expect(evidence).toMatchObject({ tookEffect: true, healed: true });
    expect(seen(evidence)).toEqual(['a new session that writes is refused (25006)', 'a new session that writes is let']);
    await expect.poll(() => [...writes.ends].toSorted()).toEqual(['25006', 'written']);
    await pool.query('insert into things values (2)');
  });

  test('idle-transaction: stands in the server’s list with its number, and is gone after', async () => {
    await using world = await openFaultWorld();
    const evidence = await database(faultOf({ effect: 'idle-transaction' }), world.context(targetOf()));
    expect(evidence).toMatchObject({ tookEffect: true, healed: true });
    expect(seen(evidence)[0]).toMatch(/is idle in transaction for .*has written as transaction \d+/);
    expect(seen(evidence)[1]).toMatch(/holds no transaction/);
  });

  test('long-snapshot: holds others back once they have gone on; where nobody writes it holds nobody', async () => {
    await using world = await openFaultWorld();
    await using _writer = await writer();
    const evidence = await database(faultOf({ effect: 'long-snapshot' }), world.context(targetOf()));
    expect(evidence).toMatchObject({ tookEffect: true, healed: true });
    expect(seen(evidence)[0]).toMatch(/holds a snapshot \d+ transactions old/);
  });

  test('disk-full and restart need what the target may not have, and say so before they touch anything', async () => {
    await using world = await openFaultWorld();
    await expect(database(faultOf({ effect: 'disk-full' }), world.context(targetOf()))).rejects.toThrow(/no small disk/);
    await expect(database(faultOf({ effect: 'restart', how: 'fast' }), world.context(targetOf()))).rejects.toThrow(/not the run’s own/);
  });

  test('an interruption heals it at once', async () => {
    await using world = await openFaultWorld();
    const abort = new AbortController();
    const running = database(faultOf({ effect: 'read-only' }, 60), world.context(targetOf(), abort.signal));
    await expect.poll(() => world.notes.length).toBe(1);
    abort.abort();
    expect(await running).toMatchObject({ tookEffect: true, healed: true });
  });
});

type Own = AsyncDisposable & { readonly server: PostgresServer; readonly registry: ReturnType<typeof createRegistry> };

const systemFolder = fileURLToPath(new URL('../../system', import.meta.url));

const startOwn = async (): Promise<Own> => {
  const folder = await mkdtemp(join(tmpdir(), 'faultline-test-server-'));
  const registry = createRegistry(join(folder, 'processes.ndjson'), `server-${process.pid}`, Date.now);
  const logFile = join(folder, 'postgres.log');
  const server = await startPostgres({ systemFolder, registry, logFile, signal: new AbortController().signal });
  return {
    server,
    registry,
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      registry[Symbol.dispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

const mayMount = process.platform === 'linux' && process.getuid?.() === 0;

describe('on a server of its own', () => {
  test('connections: a newcomer is refused, who is connected stays, and newcomers are let in again', async () => {
    await using own = await startOwn();
    await using world = await openFaultWorld();
    const kept = new pg.Client({ connectionString: own.server.url });
    await kept.connect();
    const evidence = await database(faultOf({ effect: 'connections' }), world.context(targetOf({ databaseUrl: own.server.url })));
    expect(evidence).toMatchObject({ tookEffect: true, healed: true });
    expect(seen(evidence)).toEqual([
      expect.stringMatching(/with 99 taken, a new session is refused \(53300\)/),
      expect.stringMatching(/is let in/),
    ]);
    expect((await kept.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await kept.end();
  });

  test.each(['fast', 'immediate'] as const)(
    'restart (%s): nobody answers while it is away, and what was committed is there again',
    async (how) => {
      await using own = await startOwn();
      await using world = await openFaultWorld();
      const databaseUrl = await createDatabase(own.server.url, 'kept');
      const client = new pg.Client({ connectionString: databaseUrl });
      client.on('error', () => undefined);
      await client.connect();
      await client.query('create table things as select 7 as n');
      const evidence = await database(
        faultOf({ effect: 'restart', how }),
        world.context(targetOf({ databaseUrl, databaseServer: own.server })),
      );
      expect(evidence).toMatchObject({ tookEffect: true, healed: true });
      expect(seen(evidence)[0]).toMatch(/does not answer \(ECONNREFUSED\)/);
      expect(own.server.pid()).not.toBe(own.server.launcherPid);
      const again = new pg.Client({ connectionString: databaseUrl });
      await again.connect();
      expect((await again.query('select n from things')).rows).toEqual([{ n: 7 }]);
      await again.end();
    },
  );

  test.skipIf(!mayMount)('disk-full: who writes is told so by the server, reads go on, and all may write again', async () => {
    await using own = await startOwn();
    await using world = await openFaultWorld();
    await using disk = await openSmallDisk(own);
    const databaseUrl = await createDatabase(own.server.url, 'small', disk.tablespace);
    try {
      const evidence = await database(faultOf({ effect: 'disk-full' }), world.context(targetOf({ databaseUrl, smallDisk: disk })));
      expect(evidence).toMatchObject({ tookEffect: true, healed: true });
      expect(seen(evidence)).toEqual([expect.stringMatching(/is refused \(53100\); \d{1,5} of 128 MiB/), expect.stringMatching(/is let/)]);
    } finally {
      await dropDatabase(own.server.url, databaseUrl);
    }
  });
});
