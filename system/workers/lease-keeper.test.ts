// What a worker knows of its leases from the answers of the database, in virtual time.
import { expect, test } from 'vitest';
import type { Tenure } from './checkpoint.ts';
import { createLeaseKeeper } from './lease-keeper.ts';
import type { AcquiredLease, LeaseStore } from './lease-store.ts';

const tenure: Tenure = { processor: '_duties', version: 0, lane: -1, epoch: 7 };
const lease = { ...tenure, kind: 'acquired', from: null, position: 0, head: 0, parked: 0, pending: 0 } as unknown as AcquiredLease;

/** A worker that is given one lease at once. A renewal that is asked for waits for `renewal`. */
const start = () => {
  let nowMs = 1000;
  let renewal: () => ReturnType<LeaseStore['renew']> = async () => [];
  let sleepers: { readonly untilMs: number; readonly wake: () => void }[] = [];
  const stopping = new AbortController();
  const view = { ...tenure, owner: null, expired: false, needs: null };
  const keeper = createLeaseKeeper({
    worker: 'w1',
    store: {
      survey: async () => ({ workers: ['w1'], codes: new Map(), leases: [view], retired: [] }),
      acquire: async () => [lease],
      renew: () => renewal(),
      release: async () => {},
      recordFenced: async () => {},
      leave: async () => {},
    },
    lanes: { start: () => {}, stop: async () => {} },
    leaseMs: 3000,
    clock: {
      nowMs: () => nowMs,
      sleep: (delayMs, signal) =>
        new Promise((resolve, reject) => {
          if (signal?.aborted === true) return reject(new Error('aborted'));
          sleepers.push({ untilMs: nowMs + delayMs, wake: resolve });
          signal?.addEventListener('abort', () => reject(new Error('aborted')));
        }),
    },
    random: () => 0.5,
    afterRound: async () => {},
    onAcquired: () => {},
    onReleased: () => {},
    onLost: () => {},
    onError: () => {},
  });
  const ended = keeper.run(stopping.signal);
  const settle = () => new Promise<void>((resolve) => void setImmediate(resolve));
  return {
    keeper,
    renewWith: (next: typeof renewal) => void (renewal = next),
    pass: async (delayMs: number) => {
      for (const endsAtMs = nowMs + delayMs; nowMs < endsAtMs;) {
        nowMs += 10;
        const due = sleepers.filter(({ untilMs }) => untilMs <= nowMs);
        sleepers = sleepers.filter((sleeper) => !due.includes(sleeper));
        for (const { wake } of due) wake();
        await settle();
      }
    },
    stop: async () => {
      stopping.abort();
      await ended;
    },
  };
};

test('a lease is known to be ours from when a renewal was asked for that went through, not from when it was answered or failed', async () => {
  const { keeper, pass, renewWith, stop } = start();
  await pass(10);
  expect(keeper.provenAtMs(tenure)).toBe(1010);
  await pass(800);
  const renewedAtMs = keeper.provenAtMs(tenure);
  expect(renewedAtMs).toBeGreaterThanOrEqual(1740);

  renewWith(() => Promise.reject(new Error('connect ECONNREFUSED')));
  await pass(2000);
  expect(keeper.provenAtMs(tenure)).toBe(renewedAtMs);

  const { promise, resolve } = Promise.withResolvers<[]>();
  renewWith(() => promise);
  await pass(2000);
  expect(keeper.provenAtMs(tenure)).toBe(renewedAtMs);
  renewWith(async () => []);
  resolve([]);
  await pass(10);
  // Asked for within one interval from 3,810 on, answered at 5,810.
  expect(keeper.provenAtMs(tenure)).toBeLessThan(4600);
  expect(keeper.provenAtMs(tenure)).toBeGreaterThan(renewedAtMs);
  await stop();
});

test('of a lease that is lost, and of that of another time, it knows nothing', async () => {
  const { keeper, pass, renewWith, stop } = start();
  await pass(10);
  expect(keeper.provenAtMs({ ...tenure, epoch: 6 })).toBe(-Infinity);
  renewWith(async () => [{ ...tenure, otherOwner: 'w2', otherEpoch: 8 }]);
  await pass(800);
  keeper.forget(tenure);
  expect(keeper.provenAtMs(tenure)).toBe(-Infinity);
  await stop();
});
