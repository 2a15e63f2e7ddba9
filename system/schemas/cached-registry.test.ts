import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createCachedRegistry, keepCurrent } from './cached-registry.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const lifeMs = 1000;

const start = (loadMs: number) => {
  const startedAt = Date.now();
  const asked: number[] = [];
  const cached = createCachedRegistry({
    load: async () => {
      asked.push(Date.now() - startedAt);
      await new Promise((resolve) => setTimeout(resolve, loadMs));
      return { revision: 1, schemas: [], policies: [] };
    },
    lifeMs,
    nowMs: Date.now,
    onFailure: () => {},
  });
  return { cached, asked };
};

test('a copy that is kept current is asked for once a life, however long a load takes', async () => {
  const { cached, asked } = start(5);
  const first = cached.refresh();
  await vi.advanceTimersByTimeAsync(5);
  await first;
  using _keeping = keepCurrent(cached, lifeMs);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(asked).toEqual([0, 1005, 2005, 3005, 4005, 5005, 6005, 7005, 8005, 9005, 10_005]);
});

test('it is not asked for twice at once where a load takes longer than its life', async () => {
  const { cached, asked } = start(1500);
  using _keeping = keepCurrent(cached, lifeMs);
  await vi.advanceTimersByTimeAsync(4000);
  expect(asked).toEqual([1000, 3000]);
});

test('a copy is as old as the question: what changed while it was on its way may be missing', async () => {
  const { cached, asked } = start(300);
  const first = cached.refresh();
  await vi.advanceTimersByTimeAsync(300);
  await first;
  expect(cached.ageSeconds()).toBe(0.3);
  await vi.advanceTimersByTimeAsync(lifeMs - 300);
  void cached.refresh();
  expect(asked).toEqual([0, 1000]);
});
