import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createFairQueue } from './fair-queue.ts';

const item = (tenant: string, n: number, bytes = 100, sinceMs = n) => ({ request: { tenant }, n, bytes, sinceMs });
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

test('what is older is taken wherever it stands, and turns stay as they were', () => {
  const queue = createFairQueue<Item>();
  for (let n = 0; n < 4; n += 1) queue.push(item('a', n));
  for (let n = 2; n < 4; n += 1) queue.push(item('b', n));
  queue.push(item('b', 1));
  queue.push(item('c', 0));
  expect(namesOf(queue.takeOlder(2))).toBe('a0 a1 b1 c0');
  expect(queue.length).toBe(4);
  expect(namesOf(queue.take(upTo(9)))).toBe('a2 b2 a3 b3');
  expect([queue.length, queue.takeOlder(Infinity)]).toEqual([0, []]);
});

test('of a full queue only what is taken is looked at, and what stands before it', () => {
  let looks = 0;
  const counted = (n: number, sinceMs: number) => {
    const { request, bytes } = item('a', n);
    return {
      request,
      bytes,
      n,
      get sinceMs() {
        looks += 1;
        return sinceMs;
      },
    };
  };
  const queue = createFairQueue<Item>();
  for (let n = 0; n < 20_000; n += 1) queue.push(counted(n, 1000 + n));
  // It waited for something else before it came in, and stands behind.
  queue.push(counted(20_000, 10_000));
  looks = 0;
  expect([queue.takeOlder(1000), looks]).toEqual([[], 0]);
  expect([queue.takeOlder(1003).map(({ n }) => n), looks]).toEqual([[0, 1, 2], 3]);
  looks = 0;
  queue.take(upTo(2));
  for (let n = 0; n < 1000; n += 1) expect(queue.takeOlder(1005)).toEqual([]);
  expect(looks).toBe(0);
});

type Step = 'push' | 'take' | 'takeOlder';

test('whatever came late and was taken before, all that is older is taken, and nothing else', () => {
  const steps = fc.array(
    fc.record({
      step: fc.constantFrom<Step>('push', 'push', 'push', 'take', 'takeOlder'),
      tenant: fc.constantFrom('a', 'b'),
      amount: fc.integer({ min: 0, max: 20 }),
    }),
    { maxLength: 200 },
  );
  fc.assert(
    fc.property(steps, (given) => {
      const queue = createFairQueue<Item>();
      let waiting: Item[] = [];
      const gone = (items: readonly Item[]) => void (waiting = waiting.filter((one) => !items.includes(one)));
      for (const [n, { step, tenant, amount }] of given.entries()) {
        const beforeMs = step === 'takeOlder' ? n - amount + 10 : -Infinity;
        const expected = waiting.filter(({ sinceMs }) => sinceMs < beforeMs);
        const older = queue.takeOlder(beforeMs);
        expect(new Set(older)).toEqual(new Set(expected));
        gone(older);
        if (step === 'take') gone(queue.take(upTo(amount)));
        if (step === 'push') {
          waiting.push(item(tenant, n, 100, n + amount));
          queue.push(waiting.at(-1)!);
        }
        expect(queue.length).toBe(waiting.length);
      }
      const rest = queue.take(() => true);
      for (const tenant of ['a', 'b'])
        expect(rest.filter(({ request }) => request.tenant === tenant)).toEqual(waiting.filter(({ request }) => request.tenant === tenant));
    }),
  );
});
