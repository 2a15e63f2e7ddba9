import fc from 'fast-check';
import { expect, test } from 'vitest';
import { laneOf } from './lane.ts';

const key = (objectId: string, systemName = 'shop', tenant = 'default') => ({ tenant, systemName, objectId });

test('the lanes of known keys never change: a stream that exists was written by them', () => {
  const objects = ['order-1', 'order-2', 'order-3', 'größe', '注文', '🦊'];
  expect(objects.map((objectId) => laneOf(key(objectId), 8))).toEqual([0, 2, 0, 1, 7, 0]);
});

test('a lane is a whole number below the count, for any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 1024 }), (objectId, count) => {
      const lane = laneOf(key(objectId), count);
      expect(Number.isInteger(lane) && lane >= 0 && lane < count).toBe(true);
    }),
  );
});

test('numbered keys spread evenly over the lanes', () => {
  const counts = Array.from({ length: 8 }, () => 0);
  for (let index = 0; index < 8000; index += 1) counts[laneOf(key(`object-${index}`), 8)]! += 1;
  expect(Math.min(...counts)).toBeGreaterThan(900);
  expect(Math.max(...counts)).toBeLessThan(1100);
});

test('the parts of a key do not run into each other', () => {
  const lanes = new Set(Array.from({ length: 40 }, (_, index) => laneOf(key('a'.repeat(index), 'a'.repeat(40 - index)), 1024)));
  expect(lanes.size).toBeGreaterThan(30);
});
