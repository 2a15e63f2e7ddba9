import { expect, test } from 'vitest';
import { createLiveKeys, eventsAKey, keyOf } from './live-keys.ts';

test('a read is as old as the oldest acknowledged event that it lacks', () => {
  const live = createLiveKeys();
  for (const [n, atMs] of [10, 20, 30].entries()) live.acknowledged(n, atMs);
  const key = keyOf(0);
  expect(live.age(key, 100, 3)).toBe(0);
  expect(live.age(key, 100, 2)).toBe(70);
  // An empty read lacks the first one, and so does one that shows less than before.
  expect(live.age(key, 100, 0)).toBe(90);
  // What was acknowledged after the read began need not be in it.
  expect(live.age(key, 25, 2)).toBe(0);
  expect(live.age('live-9', 100, 0)).toBe(0);
});

test('a key is left for the next one before its timeline is longer than a page', () => {
  const live = createLiveKeys();
  for (let n = 0; n <= eventsAKey; n += 1) live.acknowledged(n, n);
  expect(live.keys()).toEqual(['live-0', 'live-1']);
  expect(live.size()).toBe(eventsAKey + 1);
});
