// The door on a stream in memory and a ring without a socket: what becomes of each datagram, and how it is counted.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keysOf, makeTestKey, noKeys } from '../../access/testing.ts';
import { errorCodes } from '../../contract/error-codes.ts';
import type { DatagramBeat } from '../../stream/datagrams.ts';
import { type Refusal, refuse } from '../refusal.ts';
import { noQuotas, type Quotas } from '../tenants/quotas.ts';
import { countsWith } from './door-books.ts';
import type { TenantOfToken } from './tenant-of-token.ts';
import { checkedDatagram, datagramText, eventText, head, numbered, openDoor } from './testing.ts';

const newsOf = (beats: readonly DatagramBeat[]) => beats.flatMap(({ news }) => news);

test('events go into the stream, and the first of a datagram carries its number', async () => {
  const { scheduler, stream, send } = openDoor();
  send(numbered(1, eventText('a'), eventText('b')), numbered(2, eventText('c')), Buffer.from(eventText('d')));
  await scheduler.advanceTo(50);
  expect(stream.log.map(({ idempotencyKey, datagram }) => [idempotencyKey, datagram?.number, datagram?.sender.source])).toEqual([
    ['a', 1, 'till-1'],
    ['b', null, 'till-1'],
    ['c', 2, 'till-1'],
    ['d', null, ''],
  ]);
});

test('a datagram that comes again is let go and counted, and its events are not taken twice', async () => {
  const { scheduler, stream, beats, send } = openDoor();
  send(numbered(1, eventText('')), numbered(1, eventText('')), numbered(2, eventText('')));
  await scheduler.advanceTo(600);
  expect(stream.log).toHaveLength(2);
  expect(newsOf(beats)).toMatchObject([{ sender: { ...head, first: 1 }, repeated: 1, received: 0, refused: 0 }]);
});

test('an event without a key has the same identity through another door', async () => {
  const identityThrough = async (door: ReturnType<typeof openDoor>) => {
    door.send(numbered(9, eventText('')));
    await door.scheduler.advanceTo(50);
    return door.stream.log[0]?.identity;
  };
  expect(await identityThrough(openDoor())).toBe(await identityThrough(openDoor()));
});

test('what is refused keeps its number out of the gaps, and is counted with its code', async () => {
  const { scheduler, stream, refused, beats, send } = openDoor();
  send(
    numbered(1, '{"system_name":"till"}'),
    numbered(2, eventText('a'), 'no json'),
    datagramText({ ...head, n: 3, crc32: '00000000' }, eventText('b')),
  );
  await scheduler.advanceTo(600);
  expect(stream.log).toHaveLength(1);
  expect(refused.toSorted()).toEqual(['damaged_datagram', 'invalid_event', 'invalid_json']);
  expect(newsOf(beats)).toMatchObject([{ highest: 1, received: 1, refused: 2 }]);
});

test('marks are kept, the highest of them', async () => {
  const { scheduler, beats, send } = openDoor();
  const mark = (datagrams: number) => checkedDatagram({ ...head, mark: { datagrams, events: 2 * datagrams } });
  send(mark(7), mark(9), mark(8));
  await scheduler.advanceTo(600);
  expect(newsOf(beats)).toMatchObject([{ markedDatagrams: 9, markedEvents: 18, received: 0 }]);
});

test('in hands are the numbers that the books lack, not events: a datagram with many is one, and one without a number is none', async () => {
  const { scheduler, stream, door, send } = openDoor(['hang', 'hang']);
  send(numbered(1, eventText('a'), eventText('b'), eventText('c')), numbered(3, eventText('d')), Buffer.from(eventText('e')));
  await scheduler.advanceTo(50);
  expect([stream.attempts.flat().length, door.counts().inHands]).toEqual([5, 2]);
  await scheduler.advanceTo(5000);
  expect(door.counts().inHands).toBe(0);
});

test('the number of what was refused counts as in hands until it is booked, or it would be taken for lost in the network', async () => {
  const { scheduler, door, news, beats, send } = openDoor([], 1);
  const inHands = () => countsWith(door.counts(), news).inHands;
  send(numbered(1, 'no json'), numbered(2, 'no json'), numbered(3, eventText('a')), Buffer.from('no json'));
  await scheduler.advanceTo(200);
  expect([inHands(), beats.length]).toEqual([2, 0]);
  // The first try of the beat fails.
  await scheduler.advanceTo(300);
  expect([inHands(), beats.length]).toEqual([2, 1]);
  await scheduler.advanceTo(400);
  expect([inHands(), beats.length]).toEqual([0, 2]);
  // That there is nothing more in hands is told with another beat.
  await scheduler.advanceTo(700);
  expect(beats.at(-1)).toMatchObject({ beat: 2, news: [] });
});

test('a token tells the tenant; without one, or with another, nothing is taken', async () => {
  const [shop, reader] = [makeTestKey('shop', ['ingest']), makeTestKey('shop', ['read'])];
  await using keys = await keysOf(shop, reader);
  const { scheduler, stream, refused, door, send } = openDoor([], 0, keys);
  const from = (token: string) => checkedDatagram({ token, ...head, n: 1 }, eventText('a'));
  send(numbered(1, eventText('a')), from(shop.text), from(reader.text), from('fl_unknown_secret'));
  await scheduler.advanceTo(50);
  // The database is asked about a key that is not known, in its own time.
  await expect.poll(() => door.counts().unread).toBe(3);
  await scheduler.advanceTo(100);
  expect(stream.log.map(({ tenant }) => tenant)).toEqual(['shop']);
  expect(refused.toSorted()).toEqual(['forbidden', 'unauthenticated', 'unauthenticated']);
});

test('while the database is away it tries again, as nobody else will', async () => {
  const { scheduler, stream, refused, door, send } = openDoor([{ fail: 'FL_STREAM_UNREACHABLE' }, { fail: 'FL_STREAM_UNREACHABLE' }]);
  send(numbered(1, eventText('a')));
  await scheduler.advanceTo(1000);
  expect([stream.log.length, stream.attempts.length, refused]).toEqual([1, 3, []]);
  expect(door.counts()).toMatchObject({ received: 1, dropped: 0, inDoubt: 0, inHands: 0 });
});

test('a commit without an answer is in doubt, and not tried under another id', async () => {
  const { scheduler, refused, door, send } = openDoor(Array.from({ length: 30 }, () => ({ fail: 'FL_STREAM_COMMIT_UNKNOWN' }) as const));
  send(numbered(1, eventText('a')));
  await scheduler.advanceTo(1000);
  expect(refused).toEqual(['commit_unknown']);
  expect(door.counts()).toMatchObject({ inDoubt: 1, dropped: 0 });
});

test('a door that stops counts what it could not bring in as dropped', async () => {
  const { scheduler, door, send } = openDoor(Array.from({ length: 100 }, () => ({ fail: 'FL_STREAM_UNREACHABLE' }) as const));
  send(numbered(1, eventText('a')), numbered(2, eventText('b')));
  const drained = door.drain(500);
  await scheduler.advanceTo(2000);
  await drained;
  expect(door.counts()).toMatchObject({ received: 2, dropped: 2, inHands: 0 });
});

test('a beat that failed is told again as it was, and what came later with the next', async () => {
  const { scheduler, news, beats, send } = openDoor([], 1);
  send(numbered(1, eventText('')), numbered(1, eventText('')));
  await scheduler.advanceTo(260);
  send(numbered(1, eventText('')));
  await scheduler.advanceTo(700);
  expect(beats.map(({ beat, news: told }) => [beat, told.map(({ repeated }) => repeated)])).toEqual([
    [1, [1]],
    [1, [1]],
    [2, [1]],
  ]);
  const closed = news.close(100);
  await scheduler.advanceTo(3000);
  await closed;
  expect(beats.at(-1)).toMatchObject({ isClosing: true, news: [] });
});

test('a datagram that is tried again is charged to the quota once', async () => {
  const charged: number[] = [];
  const quotas: Quotas = { ...noQuotas, take: (_tenant, bytes) => (charged.push(bytes), null) };
  const away = Array.from({ length: 5 }, () => ({ fail: 'FL_STREAM_UNREACHABLE' }) as const);
  const { scheduler, stream, send } = openDoor(away, 0, noKeys, { quotas });
  send(numbered(1, eventText('a')), numbered(2, eventText('b')));
  await scheduler.advanceTo(2000);
  expect([stream.log.length, stream.attempts.length > 5, charged]).toEqual([2, true, [eventText('a').length, eventText('b').length]]);
});

test('a refusal is counted to the tenant of the token, and so is another body under a known key; of an unread one nobody knows whose it was', async () => {
  const shop = makeTestKey('shop', ['ingest']);
  await using keys = await keysOf(shop);
  const { scheduler, refusedOf, beats, send } = openDoor([], 0, keys);
  const from = (n: number, event: string) => checkedDatagram({ token: shop.text, ...head, n }, event);
  send(from(1, eventText('a')), from(2, 'no json'), from(3, eventText('a', { event_name: 'other' })), numbered(4, eventText('b')));
  await expect.poll(async () => (await scheduler.advanceTo(scheduler.nowMs() + 300), refusedOf.length)).toBe(3);
  expect(refusedOf.toSorted()).toEqual(['idempotency_conflict shop', 'invalid_json shop', 'unauthenticated -']);
  // The conflict is in the books with the batch that found it.
  expect(newsOf(beats)).toMatchObject([{ refused: 1, received: 1 }]);
});

/** Tokens that the database is asked about, and what it says comes from the test. Those of `known` are known. */
const askedTokens = (known: readonly string[], areKeysFresh: boolean) => {
  const asked: PromiseWithResolvers<string | Refusal>[] = [];
  const tenantOf: TenantOfToken = {
    known: (token) => (known.includes(token ?? '') ? 'shop' : null),
    ask: () => {
      const one = Promise.withResolvers<string | Refusal>();
      asked.push(one);
      return one.promise;
    },
    areKeysFresh: () => areKeysFresh,
  };
  return { asked, tenantOf };
};

test('datagrams with tokens that nobody knows wait aside, so many and no more, and hold nobody up who is known', async () => {
  const { asked, tenantOf } = askedTokens(['good'], true);
  const { door, scheduler, stream, waiting, refused, send } = openDoor([], 0, noKeys, { tenantOf });
  const from = (token: string, n: number) => checkedDatagram({ token, ...head, n }, eventText(`${token}-${n}`));
  send(...Array.from({ length: 5000 }, (_, n) => from('bad', n + 1)), from('good', 1));
  await scheduler.advanceTo(50);
  expect(stream.log.map(({ tenant, idempotencyKey }) => [tenant, idempotencyKey])).toEqual([['shop', 'good-1']]);
  expect([waiting.length, asked.length, refused.length, new Set(refused)]).toEqual([0, 4096, 904, new Set(['unauthenticated'])]);
  expect(door.counts()).toMatchObject({ unread: 904, inHands: 4096 });
  asked[0]!.resolve('late');
  for (const one of asked) one.resolve(refuse('unauthenticated', 'not known'));
  await scheduler.advanceTo(100);
  expect(stream.log.map(({ tenant }) => tenant)).toEqual(['shop', 'late']);
  expect(door.counts()).toMatchObject({ unread: 4999, inHands: 0 });
});

test('of what waits aside when the door stops nobody will know whose it was: it is dropped, and not taken later', async () => {
  const { asked, tenantOf } = askedTokens([], true);
  const { door, scheduler, stream, send } = openDoor([], 0, noKeys, { tenantOf });
  send(numbered(1, eventText('a')), numbered(2, eventText('b')));
  const drained = door.drain(500);
  await scheduler.advanceTo(2000);
  await drained;
  expect(door.counts()).toMatchObject({ received: 2, dropped: 2, inHands: 0 });
  for (const one of asked) one.resolve('late');
  await scheduler.advanceTo(3000);
  expect([asked.length, stream.log.length]).toEqual([2, 0]);
});

const largeDatagrams = Array.from({ length: 200 }, (_, n) =>
  numbered(n + 1, eventText(`${n + 1}`, { metadata: { text: 'x'.repeat(60_000) } })),
);

test('aside they are bounded in bytes as well', async () => {
  const { asked, tenantOf } = askedTokens([], true);
  const { scheduler, waiting, refused, send } = openDoor([], 0, noKeys, { tenantOf });
  send(...largeDatagrams);
  await scheduler.advanceTo(50);
  // 4 MiB of them.
  expect([asked.length, waiting.length, refused.length]).toEqual([70, 0, 130]);
});

test('while no token can be known, as the keys are too old, datagrams wait in the ring and are not refused', async () => {
  const { asked, tenantOf } = askedTokens([], false);
  const { scheduler, waiting, stream, refused, send } = openDoor([], 0, noKeys, { tenantOf });
  send(...largeDatagrams);
  await scheduler.advanceTo(50);
  expect([asked.length, waiting.length, refused.length]).toEqual([1, 199, 0]);
  for (let answered = 0; answered < 200;) {
    for (; answered < asked.length; answered += 1) asked[answered]!.resolve('default');
    await scheduler.advanceTo(scheduler.nowMs() + 50);
  }
  expect([asked.length, waiting.length, stream.log.length]).toEqual([200, 0, 0]);
});

test('while nothing can be booked, news of so many senders wait and no more is taken; once it can be, all of it is booked', async () => {
  const { scheduler, waiting, beats, send } = openDoor([], 4);
  const mark = (boot: number) => checkedDatagram({ source: 'till-1', boot: `${boot}`, mark: { datagrams: 1, events: 1 } });
  send(...Array.from({ length: 500 }, (_, boot) => mark(boot)));
  await scheduler.advanceTo(300);
  // A hundred are being told, a hundred wait.
  expect([beats[0]?.news.length, waiting.length]).toEqual([100, 300]);
  await scheduler.advanceTo(3000);
  expect(waiting.length).toBe(0);
  expect(new Set(newsOf(beats).map(({ sender }) => sender.boot)).size).toBe(500);
});

test('a door that still has a commit under way when it closes does not say that it closed in good order', async () => {
  const { door, news, scheduler, beats, send } = openDoor(['hang'], 0, noKeys, { commitTimeoutMs: 60_000 });
  send(numbered(1, eventText('a')));
  const stopped = door.drain(500).then(() => news.close(100));
  await scheduler.advanceTo(5000);
  await stopped;
  expect([door.counts().inHands, beats.at(-1)?.isClosing]).toEqual([1, false]);
});

test('hostile datagrams: never a crash, never half an event, and each refusal has a stable code', async () => {
  const event = fc.oneof(
    fc.constant(eventText('')),
    fc.json(),
    fc.string({ unit: 'binary', maxLength: 50 }),
    fc.constant(eventText('', { sequence: 1.5 })),
  );
  const member = fc.record({
    source: fc.constantFrom('a', 'b', '', 'ü'),
    boot: fc.constantFrom('x', 'y'),
    n: fc.oneof(fc.nat(20), fc.double(), fc.json()),
  });
  const datagram = fc.oneof(
    fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)),
    fc.tuple(member, fc.array(event, { maxLength: 3 })).map(([of, events]) => checkedDatagram(of, ...events)),
    fc.array(event, { maxLength: 3 }).map((events) => Buffer.from(events.join('\n'))),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(datagram, { maxLength: 20 }), async (datagrams) => {
      const { door, scheduler, stream, refused, defects, send } = openDoor();
      send(...datagrams);
      await scheduler.advanceTo(100);
      expect(defects).toEqual([]);
      expect(door.counts()).toMatchObject({ received: datagrams.length, inHands: 0, inDoubt: 0, dropped: 0 });
      expect(refused.every((code) => code in errorCodes && errorCodes[code].status < 500)).toBe(true);
      for (const { body } of stream.log) expect(JSON.parse(body)).toMatchObject({ system_name: 'till' });
    }),
    { numRuns: 200 },
  );
});
