import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planShare } from './fair-share.ts';
import type { LeaseView } from './lease-store.ts';

const leasesOf = (owners: readonly (string | null)[], expired: readonly boolean[] = []): LeaseView[] =>
  owners.map((owner, lane) => ({ processor: 'p', version: 1, lane, owner, epoch: 1, expired: expired[lane] ?? false, needs: null }));

const counts = (workers: readonly string[], owners: readonly (string | null)[]) =>
  workers.map((worker) => owners.filter((owner) => owner === worker).length);

test('rounds of taking and giving back end in an even share, whatever the start, and no lane moves after', () => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), fc.array(fc.option(fc.nat(6)), { minLength: 1, maxLength: 24 }), (workerCount, start) => {
      const workers = names.slice(0, workerCount);
      // An owner that does not live has let its time run out.
      let owners = start.map((index) => (index === null ? null : (names[index] ?? null)));
      const expired = owners.map((owner) => owner !== null && !workers.includes(owner));
      const round = () => {
        const before = [...owners];
        for (const me of workers) {
          const plan = planShare(
            me,
            workers,
            leasesOf(
              owners,
              owners.map((owner, lane) => expired[lane]! && owner === before[lane]),
            ),
          );
          for (const { lane } of plan.take) {
            owners[lane] = me;
            expired[lane] = false;
          }
          let giving = plan.giveBack;
          owners = owners.map((owner) => (owner === me && giving-- > 0 ? null : owner));
        }
        return owners.some((owner, lane) => owner !== before[lane]);
      };
      for (let times = 0; times < 10 && round(); times += 1);
      expect(round()).toBe(false);
      const held = counts(workers, owners);
      expect(held.reduce((sum, one) => sum + one, 0)).toBe(owners.length);
      expect(Math.max(...held) - Math.min(...held)).toBeLessThanOrEqual(1);
    }),
  );
});

test('a worker alone takes everything at once', () => {
  expect(planShare('a', [], leasesOf([null, null, null])).take).toHaveLength(3);
});

test('a lane of a worker that lives is never taken, however many it has', () => {
  const plan = planShare('b', ['a', 'b'], leasesOf(['a', 'a', 'a', 'a']));
  expect(plan).toEqual({ take: [], giveBack: 0 });
  expect(planShare('a', ['a', 'b'], leasesOf(['a', 'a', 'a', 'a'])).giveBack).toBe(2);
});

test('a lane whose time ran out is taken, though its owner was just seen', () => {
  expect(planShare('b', ['a', 'b'], leasesOf(['a', 'a'], [true, false])).take).toMatchObject([{ lane: 0 }]);
});

test('the odd lane stays where it is when a worker comes that is earlier in the alphabet', () => {
  expect(planShare('b', ['a', 'b'], leasesOf(['b'])).giveBack).toBe(0);
  expect(planShare('a', ['a', 'b'], leasesOf(['b'])).take).toEqual([]);
});
