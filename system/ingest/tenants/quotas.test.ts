import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TenantQuotas } from '../../access/access-table.ts';
import { createDebtBucket } from './debt-bucket.ts';
import { createQuotas } from './quotas.ts';

const start = (quotas: Partial<TenantQuotas>) => {
  const state = { nowMs: 0, stored: 0, againMs: 2500 };
  const none = { eventsPerSecond: null, bytesPerSecond: null, storageBytes: null };
  let tenants: ReadonlyMap<string, TenantQuotas> = new Map([['shop', { ...none, ...quotas }]]);
  const kept = createQuotas({
    tenants: () => tenants,
    storedBytes: () => state.stored,
    storedAgainMs: () => state.againMs,
    nowMs: () => state.nowMs,
  });
  return { kept, state, set: (next: Partial<TenantQuotas>) => void (tenants = new Map([['shop', { ...none, ...next }]])) };
};

const taken = (kept: ReturnType<typeof start>['kept'], count: number, bytes = 1) =>
  Array.from({ length: count }, () => kept.take('shop', bytes)).filter((refusal) => refusal === null).length;

test('without a quota, and of a tenant that nobody knows, nothing is refused', () => {
  const { kept } = start({});
  expect(taken(kept, 10_000)).toBe(10_000);
  expect(kept.take('nobody', 1e9)).toBeNull();
});

test('a second’s worth comes at once, and then as many as the quota says', () => {
  const { kept, state } = start({ eventsPerSecond: 100 });
  expect(taken(kept, 1000)).toBe(100);
  for (let second = 1; second <= 5; second += 1) {
    state.nowMs = second * 1000;
    expect(taken(kept, 1000)).toBe(100);
  }
});

test('the largest event passes at any rate, and is paid for after', () => {
  const { kept, state } = start({ bytesPerSecond: 1000 });
  expect(kept.take('shop', 10_000)).toBeNull();
  const refusal = kept.take('shop', 1);
  expect(refusal).toMatchObject({ code: 'quota_exceeded', retryAfterSeconds: 10, details: { quota: 'bytes_per_second', limit: 1000 } });
  state.nowMs = 10_000;
  expect(kept.take('shop', 1)).toBeNull();
});

test('the time that a refusal names is true: whoever comes then is let in, and nothing is lost by asking', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.01, max: 1e5, noNaN: true }),
      fc.double({ min: 0.01, max: 1e7, noNaN: true }),
      fc.array(fc.record({ bytes: fc.nat(100_000), pauseMs: fc.nat(2000) }), { minLength: 1, maxLength: 60 }),
      (eventsPerSecond, bytesPerSecond, arrivals) => {
        const { kept, state } = start({ eventsPerSecond, bytesPerSecond });
        for (const { bytes, pauseMs } of arrivals) {
          state.nowMs += pauseMs;
          const refusal = kept.take('shop', bytes);
          expect(kept.refusalOf('shop') === null || refusal === null || kept.refusalOf('shop')?.code === refusal.code).toBe(true);
          if (refusal === null) continue;
          state.nowMs += refusal.retryAfterSeconds! * 1000;
          expect(kept.take('shop', bytes)).toBeNull();
        }
      },
    ),
  );
});

test('over any stretch no more passes than the rate, a second’s worth and one event', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), fc.array(fc.nat(50), { minLength: 1, maxLength: 400 }), (rate, pausesMs) => {
      let nowMs = 0;
      const bucket = createDebtBucket(rate, () => nowMs);
      let passed = 0;
      for (const pauseMs of pausesMs) {
        nowMs += pauseMs;
        if (bucket.waitMs() > 0) continue;
        bucket.take(1);
        passed += 1;
        expect(passed).toBeLessThanOrEqual(rate * (nowMs / 1000 + 1) + 1);
      }
    }),
  );
});

test('a log that holds as much as it may refuses until it is looked at again', () => {
  const { kept, state } = start({ storageBytes: 1000 });
  state.stored = 999;
  expect(kept.take('shop', 500)).toBeNull();
  state.stored = 1499;
  expect(kept.refusalOf('shop')).toMatchObject({ code: 'storage_quota_exceeded', retryAfterSeconds: 3 });
  state.stored = 10;
  expect(kept.take('shop', 1)).toBeNull();
});

test('a quota that is changed counts from then on', () => {
  const { kept, set } = start({ eventsPerSecond: 1 });
  expect(taken(kept, 10)).toBe(1);
  set({ eventsPerSecond: 1000 });
  expect(taken(kept, 10)).toBe(10);
  set({});
  expect(taken(kept, 10_000)).toBe(10_000);
});

test('what an event is kept longer than it came is paid for by the next one', () => {
  const { kept, state } = start({ bytesPerSecond: 1000 });
  expect(kept.take('shop', 0)).toBeNull();
  kept.charge('shop', 15_000);
  expect(kept.take('shop', 0)).toMatchObject({ code: 'quota_exceeded' });
  state.nowMs = 15_000;
  expect(kept.take('shop', 0)).toBeNull();
});
