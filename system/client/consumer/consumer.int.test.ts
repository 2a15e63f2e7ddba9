import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { append, dropUpTo } from '../../query/consumers/testing.ts';
import { type QueryUnderTest, startQueryUnderTest } from '../../query/testing.ts';
import type { ConsumedEvent } from './consumed-event.ts';
import { type Consumer, createConsumer } from './create-consumer.ts';
import type { ConsumerOptions } from './consumer-options.ts';

let query: QueryUnderTest;
let url: string;

beforeAll(async () => {
  query = await startQueryUnderTest();
  url = await query.app.listen({ host: '127.0.0.1', port: 0 });
});

afterAll(() => query[Symbol.asyncDispose]());

const open = (consumer: string, options: Partial<ConsumerOptions> = {}): Consumer =>
  createConsumer({ url, consumer, start: 'earliest', leaseMs: 1500, checkpointMs: 50, ...options });

/** Takes events until `enough` says so. */
const take = async (consumer: Consumer, seen: ConsumedEvent[], enough: () => boolean) => {
  for await (const event of consumer) {
    seen.push(event);
    if (enough()) return;
  }
};

const put = (path: string) =>
  query.app.inject({ method: 'PUT', url: path, payload: '{"start":"earliest"}', headers: { 'content-type': 'application/json' } });

const lanesOf = (seen: readonly ConsumedEvent[]) => Map.groupBy(seen, ({ lane }) => lane);
const isInOrder = (seen: readonly ConsumedEvent[]) =>
  [...lanesOf(seen).values()].every((events) =>
    events.every(({ position }, index) => index === 0 || position > events[index - 1]!.position),
  );

test('every event comes in the order of its lane, with its body to the last digit; another instance goes on at the checkpoint', async () => {
  for (const lane of [0, 1, 2, 3]) await append(query, lane, 25, { body: '{"metadata":{"n":12345678901234567890}}' });
  const first: ConsumedEvent[] = [];
  // It gives its lanes back when it is closed; what it has not checkpointed comes again where its lease runs out.
  const one = open('whole', { instance: 'one', leaseMs: 60_000 });
  const taking = take(one, first, () => first.length === 101);
  await vi.waitFor(() => expect(first).toHaveLength(100), { timeout: 20_000 });
  await vi.waitFor(async () => expect((await query.get('/consumers/whole')).body.lag).toBeLessThanOrEqual(1), { timeout: 30_000 });
  await one.close();
  await taking;
  expect([new Set(first.map(({ id }) => id)).size, isInOrder(first), first[0]!.bodyText]).toEqual([
    100,
    true,
    '{"metadata":{"n":12345678901234567890}}',
  ]);
  await append(query, 2, 1);
  const second: ConsumedEvent[] = [];
  await using two = open('whole', { instance: 'two' });
  await take(two, second, () => second.some(({ lane, position }) => lane === 2 && position === 26));
  // The one that was in hand when the first one closed may come again.
  expect(second.length).toBeLessThanOrEqual(2);
});

test('two instances share the lanes, and one that dies is followed by the other: each event is seen at least once', async () => {
  const seen: ConsumedEvent[] = [];
  const stop = { isOver: false };
  const one = open('shared', { instance: 'one' });
  const dying = new AbortController();
  // It is cut off, as by a kill: nothing that it asks for comes back, and it gives nothing up.
  const two = open('shared', {
    instance: 'two',
    fetch: (address, init) => fetch(address, { ...init, signal: AbortSignal.any([init.signal, dying.signal]) }),
  });
  const taking = [one, two].map((consumer) => take(consumer, seen, () => stop.isOver));
  await vi.waitFor(() => expect([one.stats().lanes, two.stats().lanes]).toEqual([2, 2]), { timeout: 20_000 });
  for (const lane of [0, 1, 2, 3]) await append(query, lane, 10);
  dying.abort(new Error('cut off'));
  await vi.waitFor(() => expect(one.stats().lanes).toBe(4), { timeout: 20_000 });
  await vi.waitFor(async () => expect((await query.get('/consumers/shared')).body.lag).toBeLessThanOrEqual(1), { timeout: 20_000 });
  stop.isOver = true;
  await Promise.all([one.close(), two.close()]);
  await Promise.all(taking);
  const heads = await query.pool.query<{ head: string }>('select sum(head) as head from lanes');
  expect(new Set(seen.map(({ id }) => id)).size).toBe(Number(heads.rows[0]!.head));
});

test('a consumer that is removed and made again while a client runs is read anew from where it begins', async () => {
  for (const lane of [0, 1, 2, 3]) await append(query, lane, 5);
  const { rows } = await query.pool.query<{ events: number }>('select count(*)::integer as events from log');
  const { events } = rows[0]!;
  const seen: ConsumedEvent[] = [];
  // By its renewals it hears of it, every third of this.
  const consumer = open('renewed', { instance: 'one', leaseMs: 6000 });
  const taking = take(consumer, seen, () => false);
  await vi.waitFor(() => expect(seen).toHaveLength(events), { timeout: 20_000 });
  await vi.waitFor(async () => expect((await query.get('/consumers/renewed')).body.lag).toBeLessThanOrEqual(1), { timeout: 30_000 });
  await query.app.inject({ method: 'DELETE', url: '/consumers/renewed' });
  await put('/consumers/renewed');
  await vi.waitFor(() => expect(seen.length).toBeGreaterThanOrEqual(2 * events), { timeout: 30_000 });
  await consumer.close();
  await taking;
  expect(new Set(seen.slice(events).map(({ id }) => id)).size).toBe(events);
});

test('a hole that retention left ends the iteration, unless it is to be skipped, which is counted', async () => {
  const consumer = open('late');
  await append(query, 0, 1);
  await dropUpTo(query, 0, 5);
  await put('/consumers/late');
  await query.pool.query(`update consumer_lanes set position = 0 where consumer = 'late'`);
  await expect(take(consumer, [], () => false)).rejects.toMatchObject({ code: 'position_gone', status: 410 });
  await consumer.close();
  const seen: ConsumedEvent[] = [];
  await using skipping = open('late', { onGone: 'skip' });
  await take(skipping, seen, () => seen.some(({ lane }) => lane === 0));
  expect([skipping.stats().skipped, seen.find(({ lane }) => lane === 0)?.position]).toEqual([5, 6]);
});

test('mistakes in the options are told at once, and a consumer that is not there ends the iteration', async () => {
  expect(() => createConsumer({ url: 'nowhere', consumer: '', leaseMs: 1 } as ConsumerOptions)).toThrow(/url[^]*consumer[^]*leaseMs/);
  expect(() => createConsumer({ url } as ConsumerOptions)).toThrow("consumer is 'undefined'");
  const none = createConsumer({ url, consumer: 'none' });
  await expect(take(none, [], () => true)).rejects.toMatchObject({ code: 'not_found' });
  await none.close();
});
