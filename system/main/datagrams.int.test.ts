// The door for datagrams on real sockets and a real database: the books must be exact, whatever is lost and wherever.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { Client, Pool } from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { checkedDatagram, eventText } from '../ingest/udp/testing.ts';
import { type DatagramSums, lostDatagrams, selectDatagrams } from '../storage/postgres/datagram-entries.ts';
import { createTestDatabase, type TestDatabase } from '../storage/postgres/testing.ts';
import { createTestPool } from '../storage/postgres/testing-pool.ts';
import { startIngest } from './testing.ts';

let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createTestPool(database.url);
});

afterAll(async () => {
  await pool.end();
  await database[Symbol.asyncDispose]();
});

beforeEach(async () => {
  const there = await pool.query<{ there: boolean }>(`select to_regclass('udp_doors') is not null as there`);
  if (there.rows[0]?.there) await pool.query('truncate udp_doors, udp_senders, udp_former_senders');
});

type Started = Awaited<ReturnType<typeof start>>;
const start = async (environment: Record<string, string> = {}) => {
  const ingest = startIngest(database.url, { FAULTLINE_UDP_PORT: '0', ...environment });
  const attributes = (await ingest.ready()) as unknown as { udp: string; admin: string; pid: number };
  return { ...ingest, ...attributes, port: Number(new URL(attributes.udp.replace('udp:', 'http:')).port) };
};

const bootOf = (): string => crypto.randomUUID();
const openSender = (port: number, boot = bootOf()) => {
  const socket = createSocket('udp4');
  const send = (datagram: Buffer) =>
    new Promise<void>((resolve, reject) => socket.send(datagram, port, '127.0.0.1', (error) => (error ? reject(error) : resolve())));
  return {
    boot,
    /** The numbers from..to, each with one event. */
    numbers: async (from: number, to: number) => {
      for (let n = from; n <= to; n += 1)
        await send(checkedDatagram({ source: 'till', boot, n }, eventText(`${boot}-${n}`, { object_id: `order-${n % 50}` })));
    },
    mark: (datagrams: number, events = datagrams) => send(checkedDatagram({ source: 'till', boot, mark: { copy: 1, datagrams, events } })),
    raw: send,
    [Symbol.dispose]: () => socket.close(),
  };
};

const countsOf = async ({ admin }: Started): Promise<{ received: number }> =>
  ((await (await fetch(`${admin}/health`)).json()) as { datagrams: { received: number } }).datagrams;
const sums = async (): Promise<DatagramSums> => (await pool.query<DatagramSums>(selectDatagrams)).rows[0]!;
const settled = async (expected: Partial<DatagramSums>): Promise<void> =>
  await expect.poll(sums, { timeout: 15_000, interval: 50 }).toMatchObject({ in_hands: 0, ...expected });
const logged = async (boot: string): Promise<number> =>
  (await pool.query<{ n: number }>(`select count(*)::int as n from log where idempotency_key like $1`, [`${boot}-%`])).rows[0]!.n;
const sigterm = async (ingest: Started) => {
  ingest.child.kill('SIGTERM');
  expect(await ingest.closed).toBe(0);
};

test('what is sent is appended, the books say so exactly, and a door that stops closes them', async () => {
  await using ingest = await start();
  using sender = openSender(ingest.port);
  await sender.numbers(1, 300);
  await sender.numbers(5, 5);
  await sender.raw(
    checkedDatagram(
      { source: 'till', boot: sender.boot, n: 301 },
      eventText(`${sender.boot}-1`, { object_id: 'order-1' }),
      '{"system_name":1}',
    ),
  );
  await sender.mark(301, 302);
  await settled({ appended: 300, duplicates: 1, refused: 1, missing: 0, repeated: 1, gaps: 0, received: 303, unread: 0 });
  expect(await logged(sender.boot)).toBe(300);
  expect(await countsOf(ingest)).toMatchObject({ received: 303, unread: 0, dropped: 0, inDoubt: 0, inHands: 0, displaced: 1 });
  await sigterm(ingest);
  const { rows } = await pool.query('select closed_at is not null as closed from udp_doors');
  expect(rows).toEqual([{ closed: true }]);
});

test('a tail that was lost is seen by the mark alone, and is the network’s', async () => {
  await using ingest = await start();
  using sender = openSender(ingest.port);
  await sender.numbers(1, 50);
  await sender.mark(60, 61);
  await settled({ appended: 50, gaps: 10, missing: 11 });
  expect(lostDatagrams(await sums())).toEqual({ process: 0, kernel: 0, network: 10, unknown: 0 });
});

test('what the kernel drops while the process stands still is counted as lost there, and nowhere else', async () => {
  await using ingest = await start({ FAULTLINE_UDP_RECEIVE_BUFFER_BYTES: '16384' });
  using sender = openSender(ingest.port);
  await sender.numbers(1, 10);
  await settled({ appended: 10 });
  ingest.child.kill('SIGSTOP');
  // On a busy machine it goes on reading for a moment.
  await expect.poll(() => readFile(`/proc/${ingest.child.pid}/stat`, 'utf8')).toMatch(/\) T /);
  await sender.numbers(11, 500);
  ingest.child.kill('SIGCONT');
  await expect.poll(async () => (await sums()).appended).toBeGreaterThan(10);
  await sender.numbers(501, 510);
  await expect
    .poll(async () => {
      // Its buffer may be full still, and the mark one of those that are dropped: senders send several.
      await sender.mark(510);
      const now = await sums();
      return now.appended + now.gaps;
    })
    .toBe(510);
  await settled({});
  await settled({ missing: (await sums()).gaps });
  const now = await sums();
  expect(now.gaps).toBeGreaterThan(300);
  expect(lostDatagrams(now)).toEqual({ process: 0, kernel: now.gaps, network: 0, unknown: 0 });
});

/** No append gets through until it is let go. */
const holdLanes = async (): Promise<AsyncDisposable> => {
  const client = (await pool.connect()) as unknown as Client & { release(): void };
  await client.query('begin; select from lanes for update');
  return { [Symbol.asyncDispose]: async () => void (await client.query('rollback').finally(() => client.release())) };
};

test('what our bounded queue drops while the database stands still is counted as lost in the process', async () => {
  await using ingest = await start({ FAULTLINE_UDP_QUEUE_LIMIT_BYTES: '65536' });
  using sender = openSender(ingest.port);
  {
    await using _held = await holdLanes();
    await sender.numbers(1, 8000);
  }
  await settled({});
  await expect
    .poll(
      async () => {
        // The queue may be full still, and drop a mark as anything else: senders send several.
        await sender.mark(8000);
        const now = await sums();
        return now.appended + now.gaps;
      },
      { timeout: 15_000 },
    )
    .toBe(8000);
  await settled({});
  const now = await sums();
  expect(now.dropped).toBeGreaterThan(1000);
  expect(lostDatagrams(now)).toMatchObject({ network: 0, unknown: 0 });
  expect(now.gaps).toBeLessThanOrEqual(now.dropped + now.kernel);
});

test('what a killed process had in its hands is lost, and nobody says where: not in the network', async () => {
  await using first = await start();
  using sender = openSender(first.port);
  await sender.numbers(1, 100);
  await settled({ appended: 100 });
  {
    await using _held = await holdLanes();
    await sender.numbers(101, 600);
    await expect.poll(async () => (await countsOf(first)).received).toBe(600);
    first.child.kill('SIGKILL');
    await first.closed;
  }
  await using _second = await start({ FAULTLINE_UDP_PORT: String(first.port) });
  await sender.numbers(601, 700);
  await sender.mark(700);
  // A mark may be committed before the numbers that it names, which are in hands until then: missing, and not lost.
  await expect
    .poll(
      async () => {
        const now = await sums();
        return { named: now.appended + now.gaps, attributed: now.gaps - now.unattributed };
      },
      { timeout: 10_000 },
    )
    .toEqual({ named: 700, attributed: 0 });
  // What its last statement held was committed once the lanes were free: nobody told the database that the client is gone.
  const now = await sums();
  expect(now.gaps).toBeGreaterThan(100);
  expect([now.unattributed, await logged(sender.boot)]).toEqual([now.gaps, now.appended]);
  expect(lostDatagrams({ ...now, in_hands: 0 })).toEqual({ process: 0, kernel: 0, network: 0, unknown: now.gaps });
});

test('a process that stops has taken all that came before', async () => {
  await using ingest = await start();
  using sender = openSender(ingest.port);
  await sender.numbers(1, 1000);
  await sigterm(ingest);
  expect(await sums()).toMatchObject({ appended: 1000, gaps: 0, dropped: 0 });
  expect(await logged(sender.boot)).toBe(1000);
});

test('several processes share the port, and one sender’s numbers stay one', async () => {
  await using first = await start({ FAULTLINE_REUSE_PORT: 'true' });
  await using second = await start({ FAULTLINE_REUSE_PORT: 'true', FAULTLINE_UDP_PORT: String(first.port) });
  expect(second.port).toBe(first.port);
  const senders = Array.from({ length: 8 }, () => openSender(first.port, 'shared'));
  for (let n = 1; n <= 400; n += 1)
    await senders[n % 8]!.raw(checkedDatagram({ source: 'till', boot: 'shared', n }, eventText(`shared-${n}`)));
  await senders[0]!.mark(400);
  await settled({ appended: 400, gaps: 0, missing: 0 });
  for (const sender of senders) sender[Symbol.dispose]();
});

test('a port that is taken refuses to start, and says which variable to set', async () => {
  const holder = createSocket('udp4').bind(0, '127.0.0.1');
  await once(holder, 'listening');
  await using ingest = startIngest(database.url, { FAULTLINE_UDP_PORT: String(holder.address().port) });
  expect((await ingest.line('faultline.process.refused')).attributes).toMatchObject({
    code: 'FL_PORT_TAKEN',
    message: expect.stringContaining('FAULTLINE_UDP_PORT'),
  });
  holder.close();
});

test('senders and doors that are silent for a week become one row each, and the sums stay', async () => {
  await using ingest = await start();
  using sender = openSender(ingest.port);
  await sender.numbers(1, 20);
  await sender.mark(25, 27);
  await settled({ appended: 20, gaps: 5, missing: 7 });
  await sigterm(ingest);
  const before = await sums();
  await pool.query(
    `update udp_senders set last_seen = now() - interval '8 days'; update udp_doors set beat_at = now() - interval '8 days'`,
  );
  await pool.query('select fold_datagrams(), fold_datagram_doors()');
  expect((await pool.query('select source, boot, door from udp_senders')).rows).toEqual([{ source: '', boot: '', door: '' }]);
  expect(await sums()).toEqual(before);
  await pool.query('select fold_datagrams(), fold_datagram_doors()');
  expect(await sums()).toEqual(before);
});

test('a sender that comes back after it was folded goes on where it was: what it sent before is not lost, and what it lost since is', async () => {
  await using ingest = await start();
  using sender = openSender(ingest.port);
  await sender.numbers(1, 100);
  await sender.mark(100);
  await settled({ appended: 100, gaps: 0, missing: 0 });
  await sigterm(ingest);
  const fold = async () => {
    await pool.query(`update udp_senders set last_seen = now() - interval '8 days' where source <> ''`);
    await pool.query('select fold_datagrams(), datagrams_housekeeping()');
  };
  await fold();
  await using again = await start();
  using returned = openSender(again.port, sender.boot);
  await returned.numbers(111, 120);
  await returned.mark(125, 125);
  await settled({ appended: 110, gaps: 15, missing: 15, received: 112 });
  // Nobody was there for the ten in between; of the tail it is known that the door was open.
  expect(lostDatagrams(await sums())).toMatchObject({ network: 5, unknown: 10 });
  const before = await sums();
  await fold();
  expect(await sums()).toMatchObject({ gaps: before.gaps, unattributed: before.unattributed, missing: before.missing, appended: 110 });
  await returned.numbers(126, 130);
  await returned.mark(130);
  await settled({ appended: 115, gaps: 15, missing: 15 });
});

test('senders that say the highest numbers there are do not stop the fold, nor what is tidied beside it', async () => {
  await using ingest = await start();
  await ingest.ready();
  const most = Number.MAX_SAFE_INTEGER;
  const silent = (from: number) =>
    pool.query(
      `insert into udp_senders (tenant, source, boot, door, highest, marked_datagrams, marked_events, last_seen)
       select 'default', 'loud', n::text, 'gone', $1, $1, $1, now() - interval '8 days' from generate_series($2::int, $2::int + 1999) as n`,
      [most, from],
    );
  for (const from of [0, 2000]) {
    await silent(from);
    await pool.query('select fold_datagrams()');
  }
  const { rows } = await pool.query('select highest::float8 as highest, missing::float8 as missing from udp_senders');
  expect(rows).toEqual([{ highest: most, missing: most }]);
});
