import { describe, expect, test } from 'vitest';
import { systemClock } from './clock.ts';
import { waitForDrain } from './drain.ts';
import { waitUntilSettled } from './settle.ts';
import { createVirtualClock } from './virtual-clock.ts';
import { waitUntil } from './wait-until.ts';
import { within } from './within.ts';

const signal = new AbortController().signal;

describe('waiting for a condition', () => {
  test('gives the first answer that will do, and how long it took', async () => {
    const clock = createVirtualClock(1000);
    let asked = 0;
    const found = await waitUntil(
      () => Promise.resolve((asked += 1)),
      (answer) => answer === 3,
      { clock, withinMs: 1000, everyMs: 100 },
    );
    expect(found).toEqual({ done: true, last: 3, afterMs: 200 });
  });

  test('ends at its bound with what was last seen', async () => {
    const clock = createVirtualClock();
    const found = await waitUntil(
      () => Promise.resolve('not yet'),
      () => false,
      { clock, withinMs: 250, everyMs: 100 },
    );
    expect(found).toEqual({ done: false, last: 'not yet', afterMs: 250 });
  });

  test('ends at once when it is aborted', async () => {
    const abort = new AbortController();
    const ask = () => {
      abort.abort();
      return Promise.resolve(1);
    };
    const found = await waitUntil(ask, () => false, { clock: createVirtualClock(), withinMs: 9000, everyMs: 100, signal: abort.signal });
    expect(found.afterMs).toBe(0);
  });

  test('a promise that does not settle within its bound is null', async () => {
    const clock = createVirtualClock();
    expect(await within(new Promise(() => {}), 500, clock)).toBeNull();
    expect(await within(Promise.resolve('done'), 500, clock)).toBe('done');
  });

  test('a promise that has not settled when the signal aborts is null, long before its bound', async () => {
    const abort = new AbortController();
    setImmediate(() => abort.abort());
    expect(await within(new Promise(() => {}), 60_000, systemClock, abort.signal)).toBeNull();
    expect(await within(Promise.resolve('done'), 60_000, systemClock, abort.signal)).toBe('done');
  });
});

describe('draining', () => {
  test('ends when nothing is pending any more', async () => {
    const clock = createVirtualClock(10_000);
    const backlog = [['7 events not yet passed by timelines'], ['1 events not yet passed by timelines'], []];
    const target = { pending: () => Promise.resolve(backlog.shift() ?? []) };
    expect(await waitForDrain(target, { clock, withinMs: 5000, signal })).toEqual({ drainedAt: 10_200, drainPending: [] });
  });

  test('names what did not drain within the bound', async () => {
    const target = { pending: () => Promise.resolve(['3 early events wait']) };
    const drained = await waitForDrain(target, { clock: createVirtualClock(), withinMs: 5000, signal });
    expect(drained).toEqual({ drainedAt: null, drainPending: ['3 early events wait'] });
  });

  test('a target that does not answer is not drained', async () => {
    const target = { pending: () => Promise.reject(new Error('connection refused')) };
    const drained = await waitForDrain(target, { clock: createVirtualClock(), withinMs: 100, signal });
    expect(drained.drainedAt).toBeNull();
    expect(drained.drainPending[0]).toContain('connection refused');
  });
});

describe('telemetry settles', () => {
  const settle = (readings: readonly (string | Error)[], withinMs = 8000) => {
    const left = [...readings];
    const fingerprint = () => {
      const reading = left.length > 1 ? left.shift() : left[0];
      return reading instanceof Error ? Promise.reject(reading) : Promise.resolve(reading ?? '');
    };
    return waitUntilSettled({ fingerprint, clock: createVirtualClock(), exportIntervalMs: 1000, withinMs, signal });
  };

  test('when two readings an export interval apart are equal', async () => {
    expect(await settle(['a', 'b', 'b'])).toEqual({ settled: true, afterMs: 3200 });
  });

  test('never, while it keeps changing', async () => {
    expect((await settle(['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11'])).settled).toBe(false);
  });

  test('never by two failures in a row: absent is not equal', async () => {
    expect((await settle([new Error('down')])).settled).toBe(false);
  });
});
