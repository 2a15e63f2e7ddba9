import { expect, test } from 'vitest';
import { sendTraffic } from './send-traffic.ts';

/** A clock that only waiting moves, and that stands still once for `stallMs`. */
const stallingClock = (stallAt: number, stallMs: number) => {
  let now = 1000;
  let isStalled = false;
  return {
    now: () => now,
    wait: async (ms: number) => {
      // What was answered at once is heard before time goes on.
      await new Promise<void>((resolve) => void setImmediate(resolve));
      now += Math.max(ms, 0.01);
      if (now < stallAt + 1000 || isStalled) return;
      isStalled = true;
      now += stallMs;
    },
  };
};

const traffic = { ratePerSecond: 100, seconds: 1, bodyOf: (n: number) => ({ id: `${n}`, body: '' }) };

test('a sender that could not send in time has waited since it was to', async () => {
  const events = await sendTraffic({ ...traffic, send: () => async () => 'acknowledged' }, stallingClock(500, 200));
  expect(events).toHaveLength(100);
  expect(Math.max(...events.map(({ waitMs }) => waitMs))).toBeGreaterThan(195);
  const before = events.filter(({ at }) => at < 0.49).map(({ waitMs }) => waitMs);
  expect(Math.max(...before)).toBeLessThan(1);
});

test('nobody waits for the answers to those before, and one that never comes is told', async () => {
  const send = () => () => Promise.reject(new Error('nobody listens'));
  const events = await sendTraffic({ ...traffic, send }, stallingClock(Infinity, 0));
  expect(new Set(events.map(({ told }) => told))).toEqual(new Set(['failed']));
  expect(events.map(({ id }) => Number(id))).toEqual(Array.from({ length: 100 }, (_, n) => n));
});
