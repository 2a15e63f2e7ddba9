import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createFairQueue } from './fair-queue.ts';

const item = (tenant: string, n: number, bytes = 100) => ({ request: { tenant }, n, bytes });
type Item = ReturnType<typeof item>;
const upTo = (most: number) => {
  let left = most;
  return () => (left -= 1) >= 0;
};
const namesOf = (items: readonly Item[]) => items.map(({ request, n }) => `${request.tenant}${n}`).join(' ');

test('one tenant alone is a plain queue', () => {
  const queue = createFairQueue<Item>();
  for (let n = 0; n < 5; n += 1) queue.push(item('a', n));
  expect(namesOf(queue.take(upTo(3)))).toBe('a0 a1 a2');
  expect(namesOf(queue.take(upTo(3)))).toBe('a3 a4');
  expect([queue.length, queue.take(upTo(3))]).toEqual([0, []]);
});

test('what one sends after a flood of another is in the very next batch', () => {
  const queue = createFairQueue<Item>();
  for (let n = 0; n < 1000; n += 1) queue.push(item('noisy', n));
  queue.push(item('quiet', 0));
  expect(namesOf(queue.take(upTo(4)))).toBe('noisy0 quiet0 noisy1 noisy2');
});

test('turns are by bytes: large events of one do not keep small ones of another out', () => {
  const queue = createFairQueue<Item>();
  for (let n = 0; n < 10; n += 1) queue.push(item('large', n, 1000));
  for (let n = 0; n < 30; n += 1) queue.push(item('small', n, 100));
  const batch = queue.take(upTo(22));
  expect(batch.filter(({ request }) => request.tenant === 'small')).toHaveLength(20);
});

test('with more tenants than a batch takes, each comes round', () => {
  const queue = createFairQueue<Item>();
  for (let tenant = 0; tenant < 10; tenant += 1) for (let n = 0; n < 3; n += 1) queue.push(item(`t${tenant}-`, n));
  const rounds = Array.from({ length: 10 }, () => queue.take(upTo(3)));
  expect(new Set(rounds.slice(0, 4).flatMap((batch) => batch.map(({ request }) => request.tenant))).size).toBe(10);
  expect(queue.length).toBe(0);
});

test('nothing is lost or doubled, and the order of each tenant stays', () => {
  const steps = fc.array(fc.oneof(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 1, max: 7 })), { maxLength: 200 });
  fc.assert(
    fc.property(steps, (given) => {
      const queue = createFairQueue<Item>();
      const pushed: Item[] = [];
      const taken: Item[] = [];
      for (const step of given) {
        if (typeof step === 'number') taken.push(...queue.take(upTo(step)));
        else {
          pushed.push(item(step, pushed.length, (pushed.length % 5) * 40));
          queue.push(pushed.at(-1)!);
        }
        expect(queue.length).toBe(pushed.length - taken.length);
      }
      taken.push(...queue.take(() => true));
      for (const tenant of ['a', 'b', 'c'])
        expect(taken.filter(({ request }) => request.tenant === tenant)).toEqual(pushed.filter(({ request }) => request.tenant === tenant));
    }),
  );
});

test('what is wanted is taken wherever it stands, and turns stay as they were', () => {
  const queue = createFairQueue<Item>();
  for (let n = 0; n < 4; n += 1) queue.push(item('a', n));
  for (let n = 2; n < 4; n += 1) queue.push(item('b', n));
  queue.push(item('b', 1));
  queue.push(item('c', 0));
  expect(namesOf(queue.takeAll(({ n }) => n < 2))).toBe('a0 a1 b1 c0');
  expect(queue.length).toBe(4);
  expect(namesOf(queue.take(upTo(9)))).toBe('a2 b2 a3 b3');
  expect([queue.length, queue.takeAll(() => true)]).toEqual([0, []]);
});
