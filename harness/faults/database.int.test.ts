// Each fault of the database on a real server: its evidence is there while it lasts and gone after; without the injection nothing is seen.
import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DatabaseEffect, DatabaseFault } from '../scenario/faults/database-fault.ts';
import { processState } from '../stack/process-identity.ts';
import { createDatabase, dropDatabase } from '../targets/database.ts';
import { openSmallDisk } from '../targets/faultline/small-disk.ts';
import type { DatabaseServer, RunningTarget } from '../targets/target.ts';
import { database } from './database.ts';
import { endingQuery, withCappedAccount } from './testing/no-effect.ts';
import { openFaultWorld } from './testing/fault-world.ts';
import { startOwnPostgres } from './testing/own-postgres.ts';
import { openSmallDatabase, type SmallDatabase } from './testing/small-database.ts';

let server: Awaited<ReturnType<typeof startOwnPostgres>>;
let small: SmallDatabase;
beforeAll(async () => {
  // Never the server that all tests share: read-only is a setting of the whole server, and theirs would fail by it.
  server = await startOwnPostgres();
  small = await openSmallDatabase(await createDatabase(server.server.url, `fault_database_${process.pid}`));
});
afterAll(async () => {
  await small[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

/** With `untilSeen`. */
const longSeconds = 30;

const faultOf = (effect: DatabaseEffect, seconds = 0.5): DatabaseFault => ({
  kind: 'database',
  name: 'bad-database',
  at: { phase: 'fault', afterSeconds: 0 },
  seconds,
  ...effect,
});
const targetOf = (parts: Partial<RunningTarget> = {}): RunningTarget => small.target(parts);
const seen = (evidence: { readonly observations: readonly { readonly observed: string }[] }) =>
  evidence.observations.map(({ observed }) => observed);

describe('a fault of the database', () => {
  test('lock: writers wait while it is held; without writers nobody is seen to wait', async () => {
    await using world = await openFaultWorld();
    expect(await database(faultOf({ effect: 'lock' }), world.context(targetOf()))).toMatchObject({ tookEffect: false, healed: true });
    await using _writer = await small.startWriter();
    const evidence = await database(faultOf({ effect: 'lock' }, longSeconds), world.untilSeen(targetOf()));
    expect(evidence).toMatchObject({ tookEffect: true, healed: true });
    expect(seen(evidence)[0]).toMatch(/wait for the lock: faultline-worker-test/);
  });

  test('read-only: who writes is refused, who has a transaction open is not, and all may write again', async () => {
    await using world = await openFaultWorld();
    await using writes = await small.startWriter();
    const evidence = await database(faultOf({ effect: 'read-only' }, longSeconds), world.untilSeen(targetOf()));
    expect(evidence).toMatchObject({ tookEffect: true, healed: true });
    expect(seen(evidence)).toEqual(['a new session that writes is refused (25006)', 'a new session that writes is let']);
    await expect.poll(() => [...writes.ends].toSorted()).toEqual(['25006', 'written']);
    await small.pool.query('insert into things values (2)');
  });

  test('idle-transaction: stands in the server’s list with its number, and is gone after', async () => {
    await using world = await openFaultWorld();
    const evidence = await database(faultOf({ effect: 'idle-transaction' }, longSeconds), world.untilSeen(targetOf()));
    expect(evidence).toMatchObject({ tookEffect: true, healed: true });
    expect(seen(evidence)[0]).toMatch(/is idle in transaction for .*has written as transaction \d+/);
    expect(seen(evidence)[1]).toMatch(/holds no transaction/);
  });

  test('read-only: where a setting of the database overrides it, who writes is let, and nothing is claimed', async () => {
    await using world = await openFaultWorld();
    const free = await createDatabase(server.server.url, `fault_writable_${process.pid}`);
    try {
      await small.pool.query(`alter database ${new URL(free).pathname.slice(1)} set default_transaction_read_only = off`);
      const evidence = await database(faultOf({ effect: 'read-only' }), world.context(targetOf({ databaseUrl: free })));
      expect(evidence).toMatchObject({ tookEffect: false, healed: true });
      expect(new Set(seen(evidence))).toEqual(new Set(['a new session that writes is let']));
    } finally {
      await dropDatabase(server.server.url, free);
    }
  });

  test.each(['idle-transaction', 'long-snapshot'] as const)(
    '%s: that somebody ends before it can be seen claims no effect',
    async (effect) => {
      await using world = await openFaultWorld();
      await using _writer = await small.startWriter();
      const evidence = await database(faultOf({ effect }), world.context(targetOf({ query: endingQuery(small.pool) })));
      expect(evidence).toMatchObject({ tookEffect: false, healed: true });
      expect(seen(evidence)[0]).toMatch(/holds no transaction/);
    },
  );

  test('long-snapshot: holds others back once they have gone on; where nobody writes it holds nobody', async () => {
    await using world = await openFaultWorld();
    await using _writer = await small.startWriter();
    const evidence = await database(faultOf({ effect: 'long-snapshot' }, longSeconds), world.untilSeen(targetOf()));
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

const mayMount = process.platform === 'linux' && process.getuid?.() === 0;

describe('on a server of its own', () => {
  test('connections: a newcomer is refused, who is connected stays, and newcomers are let in again', async () => {
    await using own = await startOwnPostgres();
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

  test('connections: those of one account used up are no effect on who comes with another', async () => {
    await using own = await startOwnPostgres();
    await using world = await openFaultWorld();
    const target = targetOf();
    const evidence = await database(faultOf({ effect: 'connections' }), world.context(await withCappedAccount(own.server.url, target)));
    expect(evidence).toMatchObject({ tookEffect: false, healed: true });
    expect(seen(evidence)[0]).toMatch(/with 2 taken, a new session is let in/);
  });

  test.each(['fast', 'immediate'] as const)(
    'restart (%s): nobody answers while it is away, and what was committed is there again',
    async (how) => {
      await using own = await startOwnPostgres();
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

  test('restart (immediate): of a server that had ended by itself took no effect; nobody is signalled, and it is started again', async () => {
    await using own = await startOwnPostgres();
    await using world = await openFaultWorld();
    const databaseUrl = await createDatabase(own.server.url, 'kept');
    const target = targetOf({
      databaseUrl,
      databaseServer: {
        ...own.server,
        stop: async (how) => {
          process.kill(own.server.serverPid(), 'SIGKILL');
          await expect.poll(() => processState(own.server.serverPid())).toBeNull();
          return own.server.stop(how);
        },
      },
    });
    const evidence = await database(faultOf({ effect: 'restart', how: 'immediate' }), world.context(target));
    expect(evidence).toMatchObject({ tookEffect: false, healed: true });
    expect(seen(evidence)[0]).toMatch(/had ended by itself before it could be stopped/);
  });

  test('restart (fast): a server that takes long to write all of it is waited for', async () => {
    await using own = await startOwnPostgres();
    await using world = await openFaultWorld();
    const databaseUrl = await createDatabase(own.server.url, 'kept');
    const client = new pg.Client({ connectionString: databaseUrl });
    client.on('error', () => undefined);
    await client.connect();
    const { rows } = await client.query<{ pid: number }>(`select pid from pg_stat_activity where backend_type = 'checkpointer'`);
    const checkpointer = rows[0]!.pid;
    process.kill(checkpointer, 'SIGSTOP');
    const goesOn = setTimeout(() => process.kill(checkpointer, 'SIGCONT'), 6500);
    try {
      const evidence = await database(
        faultOf({ effect: 'restart', how: 'fast' }),
        world.context(targetOf({ databaseUrl, databaseServer: own.server })),
      );
      expect(evidence).toMatchObject({ tookEffect: true, healed: true });
      expect(evidence.observations[0]?.data).toMatchObject({ ended: 'in-order' });
    } finally {
      clearTimeout(goesOn);
    }
  });

  test.each(['its launcher', 'the server'])('restart (fast): where %s is killed meanwhile it took no effect', async (killed) => {
    await using own = await startOwnPostgres();
    await using world = await openFaultWorld();
    const databaseUrl = await createDatabase(own.server.url, 'kept');
    const databaseServer: DatabaseServer = {
      ...own.server,
      stop: async (how) => {
        process.kill(own.server.serverPid(), 'SIGSTOP');
        const stopping = own.server.stop(how);
        await expect.poll(() => readFile(own.logFile, 'utf8')).toContain('faultline.process.stopping');
        process.kill(killed === 'the server' ? own.server.serverPid() : own.server.pid(), 'SIGKILL');
        return stopping;
      },
    };
    const evidence = await database(faultOf({ effect: 'restart', how: 'fast' }), world.context(targetOf({ databaseUrl, databaseServer })));
    expect(evidence).toMatchObject({ tookEffect: false, healed: true });
    expect(seen(evidence)[0]).toMatch(/ended as in a crash/);
  });

  test.skipIf(!mayMount)('disk-full: who writes is told so by the server, reads go on, and all may write again', async () => {
    await using own = await startOwnPostgres();
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
