import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import {
  books,
  createWorkerDatabase,
  drained,
  entries,
  eventually,
  expectSound,
  leaseEvents,
  names,
  ownedBy,
  patient,
  plain,
  restingLetters,
  startWorkerProcess,
} from '../workers/testing.ts';

describe('a worker process', () => {
  test('takes all lanes of a fresh system, applies everything once, and gives its leases back on SIGTERM', async () => {
    await using database = await createWorkerDatabase(4);
    await database.append(plain(600));
    await using worker = await startWorkerProcess(database.url);
    await drained(database, 600);
    await expectSound(database, 600);
    expect((await fetch(`${worker.address}/ready`)).status).toBe(200);
    expect((await fetch(`${worker.address}/health`)).status).toBe(200);
    worker.signal('SIGTERM');
    expect(await worker.exited).toBe(0);
    expect(await database.rows('select from leases where owner is not null')).toHaveLength(0);
    expect(await leaseEvents(database, 'released')).toHaveLength(9);
    expect(await database.rows('select from workers')).toHaveLength(0);
  });

  test('shares the lanes with one that comes, and gets them back when it goes', async () => {
    await using database = await createWorkerDatabase(4);
    await using first = await startWorkerProcess(database.url, patient);
    await ownedBy(database, 1);
    await using second = await startWorkerProcess(database.url, patient);
    await ownedBy(database, 2);
    await database.append(plain(200));
    await drained(database, 200);
    expect(await leaseEvents(database, 'taken_over')).toHaveLength(0);
    first.signal('SIGTERM');
    await first.exited;
    const after = await ownedBy(database, 1);
    expect(after[0]!.owner).toBe(second.instance);
    await database.append(plain(100));
    await drained(database, 300);
    await expectSound(database, 300);
  });

  test('takes over what a killed worker held, and loses and doubles nothing', async () => {
    await using database = await createWorkerDatabase(4);
    await using first = await startWorkerProcess(database.url, { FAULTLINE_WORKER_MAX_EVENTS_PER_SECOND: '400' });
    await using second = await startWorkerProcess(database.url, { FAULTLINE_WORKER_MAX_EVENTS_PER_SECOND: '400' });
    await ownedBy(database, 2);
    await database.append(plain(600));
    await eventually(
      () => books(database),
      (seen) => seen['timelines']!.position > 50,
    );
    first.signal('SIGKILL');
    await drained(database, 600);
    await expectSound(database, 600);
    // On a machine that stands still for longer than a lease, workers may lose lanes to each other; the dead one gets none back.
    await eventually(
      () => leaseEvents(database, 'taken_over'),
      (taken) => taken.some(({ owner, other_owner }) => owner === second.instance && other_owner === first.instance),
    );
    const last = await ownedBy(database, 1);
    expect(last.map(({ owner }) => owner)).toEqual([second.instance]);
  });

  test('killed inside a transaction leaves nothing of it, and no lock', async () => {
    await using database = await createWorkerDatabase(2);
    await using first = await startWorkerProcess(database.url);
    await ownedBy(database, 1);
    const locker = await database.pool.connect();
    await locker.query('begin; lock table timeline_entries in exclusive mode');
    await database.append(plain(50));
    await eventually(
      () =>
        database.rows(`select from pg_stat_activity where wait_event_type = 'Lock' and application_name like $1`, [`%${first.instance}%`]),
      (seen) => seen.length > 0,
    );
    first.signal('SIGKILL');
    await first.exited;
    await using second = await startWorkerProcess(database.url);
    await locker.query('commit');
    locker.release();
    await drained(database, 50);
    await expectSound(database, 50);
    // The first one may have come too late to a lease of its own, and taken it back.
    const taken = await leaseEvents(database, 'taken_over');
    expect(taken.every(({ owner, other_owner }) => owner === second.instance || owner === other_owner)).toBe(true);
  });

  test('is fenced by the database when it wakes after its lease, and takes part again', async () => {
    await using database = await createWorkerDatabase(4);
    await using zombie = await startWorkerProcess(database.url);
    await using other = await startWorkerProcess(database.url);
    await ownedBy(database, 2);
    let total = 0;
    const load = new AbortController();
    const loading = (async () => {
      while (!load.signal.aborted) {
        await database.append(plain(5));
        total += 5;
        await new Promise((resolve) => void setTimeout(resolve, 10));
      }
    })();
    await eventually(
      () => books(database),
      (seen) => seen['timelines']!.position > 100,
    );
    zombie.signal('SIGSTOP');
    const takenFromZombie = async () =>
      (await leaseEvents(database, 'taken_over')).filter(
        ({ owner, other_owner }) => owner === other.instance && other_owner === zombie.instance,
      );
    await eventually(takenFromZombie, (seen) => seen.length >= 4);
    zombie.signal('SIGCONT');
    const fenced = await eventually(
      () => leaseEvents(database, 'fenced'),
      (seen) => seen.length > 0,
    );
    expect(fenced.every((event) => event.owner === zombie.instance && Number(event.other_epoch) > Number(event.epoch))).toBe(true);
    // Where the other one has given the lane up again by then, to share with the one that woke, it has no owner.
    expect(fenced.every(({ other_owner }) => other_owner === other.instance || other_owner === null)).toBe(true);
    const epochs = (await takenFromZombie()).map(({ processor, epoch }) => `${String(processor)} ${String(epoch)}`);
    for (const { processor, other_epoch } of fenced) expect(epochs).toContain(`${String(processor)} ${String(other_epoch)}`);
    await eventually(
      () => leaseEvents(database, 'lost'),
      (seen) => seen.some(({ owner }) => owner === zombie.instance),
    );
    await ownedBy(database, 2);
    load.abort();
    await loading;
    await drained(database, total);
    await expectSound(database, total);
    expect(zombie.lines.some(({ event_name }) => event_name === 'faultline.lease.fenced')).toBe(true);
  });
});

describe('a worker process that can not start', () => {
  test('says that the database does not answer', async () => {
    await expect(startWorkerProcess('postgresql://faultline@127.0.0.1:1/postgres')).rejects.toThrow(/database can't be reached/);
  });

  test('says which handler can not be used, and why', async () => {
    await using database = await createWorkerDatabase(1);
    const unusable = startWorkerProcess(database.url, { FAULTLINE_TIMELINE_HANDLER: '/nowhere/handler.ts' });
    await expect(unusable).rejects.toThrow(
      /FAULTLINE_TIMELINE_HANDLER is '\/nowhere\/handler.ts', which can't be used: .*Cannot find module/,
    );
    expect(await database.rows(`select from leases where owner is not null`)).toHaveLength(0);
  });
});

describe('sequence', () => {
  test('is kept however the events come, and early ones wait for their predecessor', async () => {
    await using database = await createWorkerDatabase();
    const order = [3, 1, 2, 7, 6, 5, 4, 9];
    await database.append(order.map((sequence) => ({ key: 's', name: `e${sequence}`, sequence })));
    await using _worker = await startWorkerProcess(database.url);
    await drained(database, order.length);
    await eventually(
      () => entries(database, 's'),
      (seen) => seen.length === 7,
    );
    expect(await entries(database, 's')).toEqual(names(1, 7));
    expect((await books(database))['timelines']).toMatchObject({ applied: 7, pending: 1, drop: 0 });
    await database.append([{ key: 's', name: 'e8', sequence: 8 }]);
    await drained(database, 9);
    await eventually(
      () => entries(database, 's'),
      (seen) => seen.length === 9,
    );
    expect(await entries(database, 's')).toEqual(names(1, 9));
    await expectSound(database, 9);
  });

  test('used twice or mixed with none parks the key at once, and discarding the head lets it go on', async () => {
    await using database = await createWorkerDatabase();
    await database.append([
      { key: 'twice', name: 'e1', sequence: 1 },
      { key: 'twice', name: 'other', sequence: 1 },
      { key: 'twice', name: 'e2', sequence: 2 },
      { key: 'mixed', name: 'e1', sequence: 1 },
      { key: 'mixed', name: 'none' },
      { key: 'mixed', name: 'e3', sequence: 3 },
      { key: 'mixed', name: 'e2', sequence: 2 },
    ]);
    await using _worker = await startWorkerProcess(database.url);
    await drained(database, 7);
    expect(await restingLetters(database, 2)).toMatchObject([
      { object_id: 'twice', event_name: 'other', reason_code: 'sequence_conflict', attempts: 1 },
      { object_id: 'mixed', event_name: 'none', reason_code: 'sequence_mixed', attempts: 1 },
    ]);
    await database.rows(`insert into park_commands (processor, version, tenant, system_name, object_id, action, requested_by)
      select processor, version, tenant, system_name, object_id, 'discard_head', 'test' from parked_keys`);
    await eventually(
      () => entries(database, 'mixed'),
      (seen) => seen.length === 3,
    );
    await eventually(
      () => entries(database, 'twice'),
      (seen) => seen.length === 2,
    );
    expect(await entries(database, 'mixed')).toEqual(names(1, 3));
    expect((await books(database))['timelines']).toMatchObject({ applied: 5, discarded: 2, parked: 0, pending: 0, drop: 0 });
    expect(await database.rows('select from park_commands where done_at is null')).toHaveLength(0);
  });

  test('goes on past a gap that is over its age where the policy is skip, and counts what comes after all', async () => {
    await using database = await createWorkerDatabase();
    await database.append([
      { key: 's', name: 'e1', sequence: 1 },
      { key: 's', name: 'e4', sequence: 4 },
      { key: 's', name: 'e5', sequence: 5 },
    ]);
    await using _worker = await startWorkerProcess(database.url, {
      FAULTLINE_PENDING_POLICY: 'skip',
      FAULTLINE_PENDING_LIMIT_SECONDS: '1',
    });
    await eventually(
      () => entries(database, 's'),
      (seen) => seen.length === 3,
    );
    await database.append([
      { key: 's', name: 'e2', sequence: 2 },
      { key: 's', name: 'e6', sequence: 6 },
    ]);
    await eventually(
      () => entries(database, 's'),
      (seen) => seen.length === 4,
    );
    expect(await entries(database, 's')).toEqual(['e1', 'e4', 'e5', 'e6']);
    await drained(database, 5);
    expect((await books(database))['timelines']).toMatchObject({ applied: 4, skipped: 1, pending: 0, drop: 0 });
  });
});

/** Between a worker and its database; `cut` lets nothing through any more, and says so to nobody. */
const startProxy = async (databaseUrl: string) => {
  const { hostname, port } = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    for (const socket of [near, far]) sockets.add(socket.on('error', () => {}));
    near.pipe(far).pipe(near);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const through = new URL(databaseUrl);
  through.port = String((server.address() as AddressInfo).port);
  return {
    url: through.href,
    cut: () => {
      for (const socket of sockets) socket.unpipe().pause();
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
};

describe('trouble with storage', () => {
  test('that does not answer any more does not keep a worker from stopping', async () => {
    await using database = await createWorkerDatabase(1);
    await using proxy = await startProxy(database.url);
    await using worker = await startWorkerProcess(proxy.url);
    await ownedBy(database, 1);
    await database.append(plain(20));
    proxy.cut();
    await eventually(
      async () => (await fetch(`${worker.address}/ready`)).status,
      (status) => status === 503,
    );
    expect((await fetch(`${worker.address}/health`)).status).toBe(200);
    worker.signal('SIGTERM');
    expect(await worker.exited).toBe(0);
  });

  test('parks nothing: the lanes wait and go on after', async () => {
    await using database = await createWorkerDatabase();
    await using worker = await startWorkerProcess(database.url);
    await database.append(plain(50));
    await drained(database, 50);
    await database.rows('alter table timeline_entries rename to away');
    await database.append(plain(50));
    await eventually(
      () => worker.lines,
      (lines) => lines.some(({ attributes }) => attributes['error.type'] === 'sqlstate_42'),
    );
    for (let times = 0; times < 3; times += 1)
      await database.rows(
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'faultline-worker%' and datname = current_database()`,
      );
    await database.rows('alter table away rename to timeline_entries');
    await drained(database, 100);
    await expectSound(database, 100);
    expect(await database.rows('select from parked_events')).toHaveLength(0);
    expect(worker.child.exitCode).toBeNull();
  });
});
