import { expect, test } from 'vitest';
import { createEventIds } from './event-ids.ts';

const createBlocks = (count = 1000) => {
  let first = 1 - count;
  let taken = 0;
  const takeIds = async () => {
    taken += 1;
    return { first: (first += count), count };
  };
  return { takeIds, taken: () => taken };
};

test('ids come once each, block after block', async () => {
  const ids = createEventIds(createBlocks());
  expect(ids.next()).toBeNull();
  await ids.refill();
  expect(Array.from({ length: 2000 }, () => ids.next())).toEqual(Array.from({ length: 2000 }, (_, index) => index + 1));
});

test('blocks are fetched ahead of need, one request to the database at a time', async () => {
  const blocks = createBlocks();
  const ids = createEventIds(blocks);
  await Promise.all([ids.refill(), ids.refill(), ids.refill()]);
  expect(blocks.taken()).toBe(2);
  for (let count = 0; count < 500; count += 1) ids.next();
  await ids.refill();
  expect(blocks.taken()).toBe(3);
  expect(ids.left()).toBe(2500);
});

test('who waits for ids hears why there are none, and the next one tries again', async () => {
  let isDown = true;
  const ids = createEventIds({
    takeIds: () => (isDown ? Promise.reject(new Error('down')) : Promise.resolve({ first: 1, count: 5000 })),
  });
  await expect(ids.refill()).rejects.toThrow('down');
  isDown = false;
  await ids.refill();
  expect(ids.next()).toBe(1);
});
