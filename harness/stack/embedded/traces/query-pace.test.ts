import { expect, test } from 'vitest';
import { createPace } from './query-pace.ts';

test('it lets others in when its slice is over, and not before', async () => {
  let now = 0;
  const pace = createPace(() => now, { sliceMs: 10, timeoutMs: 100 });
  const order: string[] = [];
  setImmediate(() => order.push('other'));
  await pace.breathe();
  order.push('within the slice');
  now = 10;
  await pace.breathe();
  order.push('after it');
  expect(order).toEqual(['within the slice', 'other', 'after it']);
});

test('it ends at its time-out, and not a moment before', async () => {
  let now = 0;
  const pace = createPace(() => now, { sliceMs: 10, timeoutMs: 100 });
  now = 100;
  await expect(pace.breathe()).resolves.toBeUndefined();
  now = 101;
  await expect(pace.breathe()).rejects.toThrow('the query took longer than 0.1 s; ask for a shorter time range');
});
