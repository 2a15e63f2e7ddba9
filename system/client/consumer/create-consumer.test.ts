// The consumer on answers and a time that move by hand.
import { expect, test } from 'vitest';
import { createFakeTiming } from '../testing.ts';
import type { ConsumedEvent } from './consumed-event.ts';
import { type ConsumerApi, createConsumerApi, type LaneCheckpoint } from './consumer-api.ts';
import { ConsumerError } from './consumer-error.ts';
import { readConsumerOptions } from './consumer-options.ts';
import { createConsumerOn } from './create-consumer.ts';

const leaseMs = 1000;
const never = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }));

/** One lane of so many events. `hangs`: nobody answers a renewal. */
const open = (events: number) => {
  const timing = createFakeTiming();
  const [server, moved]: [{ hangs: boolean; joins: number }, LaneCheckpoint[]] = [{ hangs: false, joins: 0 }, []];
  const api: ConsumerApi = {
    create: async () => undefined,
    leave: async () => undefined,
    join: async (_release, signal) => {
      server.joins += 1;
      return server.hangs ? never(signal) : [{ lane: 0, position: moved.at(-1)?.to ?? 0, epoch: 1, ending: false }];
    },
    checkpoint: async (checkpoints) => {
      moved.push(...checkpoints);
      return checkpoints.map(({ lane, epoch, to }) => ({ lane, outcome: 'moved', position: to, epoch }));
    },
    read: async (lane, after, _waitMs, signal) => {
      if (after >= events) return never(signal);
      const page = Array.from({ length: events - after }, (_, n) => ({ lane, position: after + 1 + n }) as ConsumedEvent);
      return { events: page, position: events };
    },
  };
  const settings = readConsumerOptions({ url: 'http://127.0.0.1', consumer: 'till', leaseMs, checkpointMs: 100 }, () => 'one');
  return { timing, server, moved, consumer: createConsumerOn(settings, api, { timing, random: () => 0.5 }) };
};

test('once the lease is over nothing more is handed out, though a renewal still hangs; renewed, it goes on at the checkpoint', async () => {
  const { timing, server, consumer } = open(10);
  const events = consumer[Symbol.asyncIterator]();
  const first = events.next();
  await timing.advance(0);
  expect((await first).value).toMatchObject({ position: 1 });
  server.hangs = true;
  await timing.advance(leaseMs / 2);
  expect((await events.next()).value).toMatchObject({ position: 2 });
  // Just over, while the renewal that was asked for before is still on its way.
  await timing.advance(0.6 * leaseMs);
  let third: ConsumedEvent | null | undefined = null;
  const waiting = events.next().then(({ value }) => (third = value as ConsumedEvent));
  await timing.advance(1);
  expect([third, consumer.stats().lanes]).toEqual([null, 0]);
  server.hangs = false;
  await timing.advance(leaseMs);
  await waiting;
  // The checkpoint of the first was on its way in time; the second had no next one.
  expect(third).toMatchObject({ position: 2 });
  await consumer.close();
});

test('a renewal that nobody answers is sent again while the lease lasts', async () => {
  const { timing, server, consumer } = open(1);
  const events = consumer[Symbol.asyncIterator]();
  const first = events.next();
  await timing.advance(1);
  await first;
  server.hangs = true;
  await timing.advance(leaseMs / 3 + 1);
  expect(server.joins).toBe(2);
  server.hangs = false;
  await timing.advance(leaseMs / 2 + 100);
  expect([server.joins, consumer.stats().lanes]).toEqual([3, 1]);
  await consumer.close();
});

test('a second iteration beside the first is refused, and does not call done with what the first has in hand', async () => {
  const { timing, moved, consumer } = open(3);
  const first = consumer[Symbol.asyncIterator]();
  const one = first.next();
  await timing.advance(0);
  await one;
  await expect(consumer[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'iterating' });
  await timing.advance(500);
  expect(moved).toEqual([]);
  await first.return?.(undefined);
  const again = consumer[Symbol.asyncIterator]().next();
  await timing.advance(1);
  expect((await again).value).toMatchObject({ position: 1 });
  await consumer.close();
});

/** So many lanes, each of which answers with none once it was waited for, but those with an event in it. */
const openWide = (lanes: number, withEvent: readonly number[]) => {
  const timing = createFakeTiming();
  const [reads, server]: [{ lane: number; signal: AbortSignal }[], { epoch: number }] = [[], { epoch: 1 }];
  const positions = Array.from({ length: lanes }, () => 0);
  const api: ConsumerApi = {
    create: async () => undefined,
    leave: async () => undefined,
    join: async () => positions.map((position, lane) => ({ lane, position, epoch: server.epoch, ending: false })),
    checkpoint: async (checkpoints) =>
      checkpoints.map(({ lane, epoch, to }) => ({ lane, outcome: 'moved', position: (positions[lane] = to), epoch })),
    read: async (lane, after, waitMs, signal) => {
      reads.push({ lane, signal });
      if (after === 0 && withEvent.includes(lane)) return { events: [{ lane, position: 1 } as ConsumedEvent], position: 1 };
      return new Promise((resolve, reject) => {
        timing.after(waitMs, () => resolve({ events: [], position: after }));
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      });
    },
  };
  const settings = readConsumerOptions({ url: 'http://127.0.0.1', consumer: 'till', leaseMs }, () => 'one');
  return { timing, reads, server, consumer: createConsumerOn(settings, api, { timing, random: () => 0.5 }) };
};

test('more lanes than are read at a time have their turn, whichever has waited longest', async () => {
  const { timing, reads, consumer } = openWide(40, [16, 39]);
  const events = consumer[Symbol.asyncIterator]();
  const two = [events.next(), events.next()];
  const seen: number[] = [];
  for (const one of two) void one.then(({ value }) => seen.push((value as ConsumedEvent).lane));
  await timing.advance(10_000);
  expect(seen).toEqual([16, 39]);
  const counts = Array.from({ length: 40 }, (_, lane) => reads.filter((one) => one.lane === lane).length);
  expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(2);
  await consumer.close();
});

test('a lane that was given up is not read on: its read ends, and the lane as it was taken again is read', async () => {
  const { timing, reads, server, consumer } = openWide(16, []);
  void consumer[Symbol.asyncIterator]().next();
  await timing.advance(1);
  expect(reads).toHaveLength(16);
  server.epoch = 2;
  await timing.advance(leaseMs);
  expect([reads.length, reads.filter(({ signal }) => signal.aborted).length, consumer.stats().failures]).toEqual([32, 16, 0]);
  await consumer.close();
});

/** Eight lanes whose reads fail as `failure` says, and bring nothing where it is null. */
const openFailing = (failure: { current: ConsumerError | null }) => {
  const timing = createFakeTiming();
  const readAtMs: number[] = [];
  const api: ConsumerApi = {
    create: async () => undefined,
    leave: async () => undefined,
    join: async () => Array.from({ length: 8 }, (_, lane) => ({ lane, position: 0, epoch: 1, ending: false })),
    checkpoint: async () => [],
    read: async (_lane, after, _waitMs, signal) => {
      readAtMs.push(timing.nowMs());
      await new Promise<void>((resolve, reject) => {
        timing.after(1, failure.current === null ? resolve : () => reject(failure.current!));
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      });
      return { events: [], position: after };
    },
  };
  const settings = readConsumerOptions({ url: 'http://127.0.0.1', consumer: 'till' }, () => 'one');
  const consumer = createConsumerOn(settings, api, { timing, random: () => 0.5 });
  void consumer[Symbol.asyncIterator]().next();
  return { timing, readAtMs, consumer };
};

test('reads that fail come more and more seldom, all lanes together, and quickly again after an answer', async () => {
  const failure: { current: ConsumerError | null } = { current: new ConsumerError('overloaded', 'no', { status: 503 }) };
  const { timing, readAtMs, consumer } = openFailing(failure);
  await timing.advance(60_000);
  // 50, 100, 200 … 2,500 ms apart, eight of them each time.
  expect(readAtMs.length).toBeLessThan(8 * 35);
  expect(readAtMs.at(-1)! - readAtMs.at(-9)!).toBe(2501);
  failure.current = null;
  await timing.advance(5000);
  failure.current = new ConsumerError('overloaded', 'no', { status: 503 });
  const before = readAtMs.length;
  await timing.advance(60);
  expect(readAtMs.length - before).toBeGreaterThanOrEqual(16);
  await consumer.close();
});

test('a read that was told when to come again is not sent before', async () => {
  const { timing, readAtMs, consumer } = openFailing({ current: new ConsumerError('x', 'no', { status: 429, retryAfterMs: 10_000 }) });
  await timing.advance(10_000);
  expect(new Set(readAtMs)).toEqual(new Set([0]));
  await timing.advance(1000);
  expect(new Set(readAtMs)).toEqual(new Set([0, 10_051]));
  await consumer.close();
});

test('Retry-After is read from an answer, and bounded', async () => {
  const settings = readConsumerOptions({ url: 'http://127.0.0.1', consumer: 'till' }, () => 'one');
  const ask = async (retryAfter: string | null) => {
    const headers = { get: (name: string) => (name === 'retry-after' ? retryAfter : null) };
    const text = async () => '{"error":{"code":"too_many_readers","message":"no"}}';
    const api = createConsumerApi(
      settings,
      async () => ({ status: 503, headers, text }),
      () => 0,
    );
    return api.read(0, 0, 10, AbortSignal.timeout(1000)).catch((error: unknown) => (error as ConsumerError).retryAfterMs);
  };
  expect(await Promise.all(['7', '900000', 'soon', null].map(ask))).toEqual([7000, 300_000, null, null]);
});
