import { expect, test } from 'vitest';
import { createPlaces } from './places.ts';
import { RequestProblem } from './request-problem.ts';

const start = (most: number, isShared: boolean) => {
  const places = createPlaces({ most, isShared: () => isShared, full: () => new RequestProblem('too_many_readers', 'full') });
  const takes = (tenant: string): Disposable | null => {
    try {
      return places.take(tenant);
    } catch {
      return null;
    }
  };
  return { takes, most: (tenant: string) => Array.from({ length: 20 }, () => takes(tenant)).filter((place) => place !== null) };
};

test('the one tenant that there is takes all of them, and no more', () => {
  const { takes, most } = start(4, false);
  const taken = most('default');
  expect(taken).toHaveLength(4);
  taken[0]![Symbol.dispose]();
  taken[0]![Symbol.dispose]();
  expect([takes('default') === null, takes('default')]).toEqual([false, null]);
});

test('of several tenants none takes so many that another finds none', () => {
  const { takes, most } = start(4, true);
  expect(most('shop')).toHaveLength(2);
  expect([takes('bank') === null, takes('shop')]).toEqual([false, null]);
  expect(most('club')).toHaveLength(1);
  expect(takes('late')).toBeNull();
  const few = start(2, true);
  expect([few.most('shop').length, few.most('bank').length]).toEqual([1, 1]);
});
