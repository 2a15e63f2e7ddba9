import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { HandlerThread } from './handler-thread.ts';
import { createLazyThreadPool, createSpareThreads, createThreadPool } from './thread-pool.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const createThreads = () => {
  const started: { name: string; alive: boolean }[] = [];
  const start = (name: string) => {
    const thread = { name, alive: true };
    started.push(thread);
    const handler: Partial<HandlerThread> = {
      alive: () => thread.alive,
      end: () => {
        thread.alive = false;
        return Promise.resolve();
      },
    };
    return Promise.resolve(handler as HandlerThread);
  };
  return { started, start };
};

describe('a spare thread', () => {
  it('is started once the first threads had a second to load, and again whenever it was taken', async () => {
    const { started, start } = createThreads();
    await using spares = createSpareThreads(start);
    await using pool = await createThreadPool(2, spares);
    await vi.advanceTimersByTimeAsync(999);
    expect(started).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(started).toHaveLength(3);
    await using park = createLazyThreadPool(1, spares);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(started).toHaveLength(3);
    await park.use(() => Promise.resolve());
    expect(started).toHaveLength(4);
    started[1]!.alive = false;
    await Promise.all([pool.use(() => Promise.resolve()), pool.use(() => Promise.resolve())]);
    expect(started).toHaveLength(5);
  });

  it('is no thread that is missing: one that ends before that is replaced by a new one', async () => {
    const { started, start } = createThreads();
    await using spares = createSpareThreads(start);
    await using pool = await createThreadPool(1, spares);
    started[0]!.alive = false;
    await pool.use((thread) => Promise.resolve(expect(thread.alive()).toBe(true)));
    expect(started).toHaveLength(2);
  });

  it('is ended with all others, and none is started after that', async () => {
    const { started, start } = createThreads();
    const spares = createSpareThreads(start);
    const pool = await createThreadPool(1, spares);
    await pool[Symbol.asyncDispose]();
    await spares[Symbol.asyncDispose]();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(started).toEqual([{ name: 'handler-1', alive: false }]);
  });
});
