import { describe, expect, it } from 'vitest';
import { createQueryPool } from './query-pool.ts';

const open = () => new AbortController().signal;

describe('createQueryPool', () => {
  it('runs no more at once than it may, in the order of asking', async () => {
    const pool = createQueryPool(2);
    const gates = [0, 1, 2, 3].map(() => Promise.withResolvers<void>());
    const started: number[] = [];
    const results = gates.map((gate, index) => pool.run(async () => (started.push(index), await gate.promise, index), open()));
    expect(started).toEqual([0, 1]);
    gates[1]?.resolve();
    await results[1];
    await Promise.resolve();
    expect(started).toEqual([0, 1, 2]);
    for (const gate of gates) gate.resolve();
    expect(await Promise.all(results)).toEqual([0, 1, 2, 3]);
  });

  it('goes on after a failure', async () => {
    const pool = createQueryPool(1);
    const failed = pool.run(() => Promise.reject(new Error('no')), open());
    const next = pool.run(async () => 'yes', open());
    await expect(failed).rejects.toThrow('no');
    expect(await next).toBe('yes');
  });

  it('never sends what was aborted while it waited', async () => {
    const pool = createQueryPool(1);
    const gate = Promise.withResolvers<void>();
    const first = pool.run(() => gate.promise, open());
    const superseded = new AbortController();
    let sent = false;
    const waiting = pool.run(async () => void (sent = true), superseded.signal);
    superseded.abort(new Error('superseded'));
    await expect(waiting).rejects.toThrow('superseded');
    gate.resolve();
    await first;
    expect(sent).toBe(false);
    await expect(pool.run(async () => 1, superseded.signal)).rejects.toThrow('superseded');
  });
});
