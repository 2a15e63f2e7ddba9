// The door while the database is away for longer than keys are believed.
import { expect, test } from 'vitest';
import { createAccessKeys } from '../../access/access-keys.ts';
import { makeTestKey, tenantsOf, type TestKey } from '../../access/testing.ts';
import { createFakeScheduler, type FakeScheduler } from '../testing.ts';
import { checkedDatagram, eventText, head, openDoor } from './testing.ts';

/** Keys that are believed for a second, and a database that is away from `away()` to `back()`. */
const agingKeys = async (scheduler: FakeScheduler, ...known: readonly TestKey[]) => {
  let isAway = false;
  const keys = await createAccessKeys({
    read: () => {
      if (isAway) return Promise.reject(new Error('the database is away'));
      return Promise.resolve({
        version: 1,
        hasKeys: true,
        keys: new Map(known.map(({ kept }) => [kept.keyId, kept])),
        tenants: tenantsOf(known),
      });
    },
    areRequired: true,
    lifeMs: 1000,
    nowMs: scheduler.nowMs,
    dateMs: scheduler.nowMs,
    after: scheduler.after,
    onFailure: () => {},
  });
  return { keys, away: () => void (isAway = true), back: () => void (isAway = false) };
};

test('an outage longer than keys are believed loses no datagram with a token that is good: they wait, and are asked about again', async () => {
  const shop = makeTestKey('shop', ['ingest']);
  const scheduler = createFakeScheduler();
  const { keys, away, back } = await agingKeys(scheduler, shop);
  const { door, stream, refused, send } = openDoor([], 0, keys, { scheduler });
  const from = (token: string, n: number) => checkedDatagram({ token, ...head, n }, eventText(`${n}`));
  away();
  await scheduler.advanceTo(1500);
  send(...Array.from({ length: 50 }, (_, n) => from(shop.text, n + 1)), from('fl_unknown_secret', 51));
  await scheduler.advanceTo(5000);
  expect([stream.log.length, refused, door.counts().unread]).toEqual([0, [], 0]);
  back();
  await scheduler.advanceTo(8000);
  expect(stream.log.map(({ idempotencyKey }) => Number(idempotencyKey))).toEqual(Array.from({ length: 50 }, (_, n) => n + 1));
  expect([refused, door.counts()]).toMatchObject([['unauthenticated'], { received: 51, unread: 1, dropped: 0, inHands: 0 }]);
});

test('a door that stops in such an outage counts as dropped what nobody could say of whose it was', async () => {
  const shop = makeTestKey('shop', ['ingest']);
  const scheduler = createFakeScheduler();
  const { keys, away } = await agingKeys(scheduler, shop);
  const { door, refused, send } = openDoor([], 0, keys, { scheduler });
  away();
  await scheduler.advanceTo(1500);
  send(...Array.from({ length: 50 }, (_, n) => checkedDatagram({ token: shop.text, ...head, n: n + 1 }, eventText('a'))));
  const drained = door.drain(3000);
  await scheduler.advanceTo(6000);
  await drained;
  expect([refused, door.counts()]).toMatchObject([[], { received: 50, unread: 0, dropped: 50, inHands: 0 }]);
});
