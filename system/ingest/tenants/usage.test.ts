import { expect, test } from 'vitest';
import { createFakeScheduler } from '../testing.ts';
import { startUsage } from './usage.ts';

const start = async () => {
  const scheduler = createFakeScheduler();
  const stored = new Map<string, number>([['shop', 100]]);
  const state = { isAway: false, failures: 0, adds: 0 };
  const usage = await startUsage({
    add: async (appended) => {
      state.adds += 1;
      if (state.isAway) throw new Error('away');
      for (const [tenant, { bytes }] of appended) stored.set(tenant, (stored.get(tenant) ?? 0) + bytes);
      return new Map(stored);
    },
    scheduler,
    onFailure: () => void (state.failures += 1),
  });
  return { usage, scheduler, stored, state };
};

test('knows what others stored, and what it appended itself since it last asked', async () => {
  const { usage, scheduler, stored } = await start();
  expect(usage.storedBytes('shop')).toBe(100);
  usage.appended('shop', 30);
  expect(usage.storedBytes('shop')).toBe(130);
  stored.set('shop', 500);
  await scheduler.advanceTo(5000);
  expect([usage.storedBytes('shop'), stored.get('shop')]).toEqual([530, 530]);
});

test('says when it looks again', async () => {
  const { usage, scheduler } = await start();
  await scheduler.advanceTo(2000);
  expect(usage.againMs()).toBe(3000);
});

test('what could not be added is added later, and told once', async () => {
  const { usage, scheduler, stored, state } = await start();
  state.isAway = true;
  usage.appended('shop', 30);
  await scheduler.advanceTo(15_000);
  expect([usage.storedBytes('shop'), state.failures]).toEqual([130, 1]);
  state.isAway = false;
  usage.appended('shop', 1);
  await scheduler.advanceTo(20_000);
  expect(stored.get('shop')).toBe(131);
});

test('adds what is left when it ends, and nothing after', async () => {
  const { usage, scheduler, stored, state } = await start();
  usage.appended('bank', 7);
  await usage[Symbol.asyncDispose]();
  expect(stored.get('bank')).toBe(7);
  const { adds } = state;
  await scheduler.advanceTo(60_000);
  expect(state.adds).toBe(adds);
});

test('what is on its way to the database counts until it is there', async () => {
  const scheduler = createFakeScheduler();
  const adding: PromiseWithResolvers<ReadonlyMap<string, number>>[] = [];
  const starting = startUsage({
    add: () => {
      const one = Promise.withResolvers<ReadonlyMap<string, number>>();
      adding.push(one);
      return one.promise;
    },
    scheduler,
    onFailure: () => {},
  });
  adding[0]!.resolve(new Map([['shop', 100]]));
  const usage = await starting;
  usage.appended('shop', 30);
  await scheduler.advanceTo(5000);
  expect([adding.length, usage.storedBytes('shop')]).toEqual([2, 130]);
  usage.appended('shop', 4);
  expect(usage.storedBytes('shop')).toBe(134);
  adding[1]!.reject(new Error('no answer'));
  await scheduler.advanceTo(6000);
  expect(usage.storedBytes('shop')).toBe(134);
  await scheduler.advanceTo(11_000);
  adding[2]!.resolve(new Map([['shop', 134]]));
  await scheduler.advanceTo(11_001);
  expect(usage.storedBytes('shop')).toBe(134);
});

test('does not start without a reading: no quota would be held to', async () => {
  const add = () => Promise.reject(new Error('away'));
  await expect(startUsage({ add, scheduler: createFakeScheduler(), onFailure: () => {} })).rejects.toThrow('away');
});
