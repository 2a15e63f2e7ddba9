import { expect, test, vi } from 'vitest';
import { createHeadWatch } from './head-watch.ts';
import { createStillTimers } from './testing.ts';

const never = new AbortController().signal;

test('whoever waits is told when a lane of theirs moves, and nobody else; with nobody waiting nothing is asked', async () => {
  const { timers, advance } = createStillTimers();
  const heads = new Map([
    [0, 5],
    [1, 7],
  ]);
  const readHeads = vi.fn<() => Promise<Map<number, number>>>(() => Promise.resolve(heads));
  const watch = createHeadWatch({ readHeads, timers });
  const first = watch.wait(new Map([[0, 5]]), 60_000, never);
  const second = watch.wait(new Map([[1, 7]]), 1000, never);
  await advance(500);
  heads.set(0, 6);
  await advance(200);
  expect(await first).toBe(true);
  await advance(1000);
  expect(await second).toBe(false);
  await advance(200);
  const asked = readHeads.mock.calls.length;
  await advance(60_000);
  expect(readHeads).toHaveBeenCalledTimes(asked);
});

test('heads are asked for once a round, however many wait, and seldom while nothing moves', async () => {
  const { timers, advance } = createStillTimers();
  const readHeads = vi.fn<() => Promise<Map<number, number>>>(() => Promise.resolve(new Map([[0, 1]])));
  const watch = createHeadWatch({ readHeads, timers });
  const waits = Array.from({ length: 50 }, () => watch.wait(new Map([[0, 1]]), 1000, never));
  await advance(1001);
  expect(await Promise.all(waits)).toEqual(Array.from({ length: 50 }, () => false));
  expect(readHeads.mock.calls.length).toBeLessThan(20);
});

test('a database that is away is told to all who wait, and the next one is asked anew', async () => {
  const { timers } = createStillTimers();
  const readHeads = vi.fn<() => Promise<Map<number, number>>>(() => Promise.resolve(new Map([[0, 2]])));
  readHeads.mockRejectedValueOnce(new Error('away'));
  const watch = createHeadWatch({ readHeads, timers });
  const waits = [watch.wait(new Map([[0, 1]]), 1000, never), watch.wait(new Map([[0, 1]]), 1000, never)];
  await expect(Promise.allSettled(waits)).resolves.toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
  expect(await watch.wait(new Map([[0, 1]]), 1000, never)).toBe(true);
});

test('whoever left waits no longer', async () => {
  const { timers } = createStillTimers();
  const watch = createHeadWatch({ readHeads: () => Promise.resolve(new Map()), timers });
  const leaving = new AbortController();
  const wait = watch.wait(new Map([[0, 1]]), 1000, leaving.signal);
  leaving.abort(new Error('left'));
  await expect(wait).rejects.toThrow('left');
});
