import { describe, expect, test } from 'vitest';
import type { RebuildLook } from './rebuild-store.ts';
import { createRebuildWatch, nextRate } from './rebuild-watch.ts';
import type { WorkerTelemetry } from './telemetry.ts';

describe('the pace of a rebuild', () => {
  test('halves as soon as a live event waits longer than its budget, and never stops', () => {
    expect(nextRate(1000, 0.3, 250)).toBe(500);
    expect(nextRate(30, 9, 250)).toBe(20);
  });

  test('stays while live events are near their budget, and grows while they are far from it', () => {
    expect(nextRate(1000, 0.2, 250)).toBe(1000);
    expect(nextRate(1000, 0.1, 250)).toBeCloseTo(1150);
    expect(nextRate(100_000, 0, 250)).toBe(100_000);
  });
});

const lane = (version: number, number = 0) => ({ processor: 'timelines', version, lane: number });

/** Looks once, at what is given. */
const watchOnce = async (looks: readonly (RebuildLook | Error)[], held = [lane(2, 0), lane(2, 1)]) => {
  const stopping = new AbortController();
  const errors: unknown[] = [];
  const left = [...looks];
  const watch = createRebuildWatch({
    store: {
      look: async () => {
        const next = left.shift()!;
        if (next instanceof Error) throw next;
        return next;
      },
    },
    budgetMs: 250,
    held: () => held,
    clock: {
      nowMs: () => 0,
      sleep: async () => {
        if (left.length === 0) stopping.abort();
      },
    },
    random: () => 0.5,
    onError: (error) => void errors.push(error),
  });
  await watch.run(stopping.signal);
  return { watch, errors };
};

const building = (ratePerSecond: number, liveLagSeconds = 0): RebuildLook => ({
  building: [{ processor: 'timelines', version: 2, ratePerSecond, laneCount: 8 }],
  liveLagSeconds,
});

describe('what a worker knows of rebuilds', () => {
  test('a version is built for as long as the store says so', async () => {
    const { watch } = await watchOnce([building(0)]);
    expect([watch.isBuilding(lane(2)), watch.isBuilding(lane(1))]).toEqual([true, false]);
    const after = await watchOnce([building(0), { building: [], liveLagSeconds: 0 }]);
    expect(after.watch.isBuilding(lane(2))).toBe(false);
  });

  test('of the rate that was asked for a worker takes the share of the lanes that it holds', async () => {
    const { watch } = await watchOnce([building(400)]);
    expect(watch.rateOf(lane(2))).toBe(100);
    const unbound = await watchOnce([building(0)]);
    expect(unbound.watch.rateOf(lane(2))).toBeCloseTo(575);
  });

  test('where the store does not answer it goes on slowly with what it knew', async () => {
    const { watch, errors } = await watchOnce([building(0), new Error('away')]);
    expect(watch.isBuilding(lane(2))).toBe(true);
    expect(watch.rateOf(lane(2))).toBeCloseTo(287.5);
    expect(errors).toHaveLength(1);
  });

  test('a lane that was just acquired counts as built before the first look', () => {
    const watch = createRebuildWatch({
      store: { look: () => Promise.reject(new Error('not asked')) },
      budgetMs: 250,
      held: () => [],
      clock: { nowMs: () => 0, sleep: async () => {} },
      onError: () => {},
    });
    watch.note(lane(2));
    expect([watch.isBuilding(lane(2)), watch.rateOf(lane(2))]).toEqual([true, 500]);
  });

  test('old events that are applied anew say nothing of freshness, and nothing in the trace of their request but where they fail', async () => {
    const { watch } = await watchOnce([building(0)]);
    const told: unknown[] = [];
    const telemetry = watch.quieten({ finished: (_tenure, batch) => void told.push(batch) } as Pick<
      WorkerTelemetry,
      'finished'
    > as WorkerTelemetry);
    const failure = {
      key: { systemName: 's', objectId: 'o' },
      position: 1,
      id: 1,
      failure: { code: 'handler_threw', message: 'no', errorType: null },
      attempts: 1,
      end: 'dead_letter',
      traceparent: 't',
    } as const;
    const traced = [{ id: 1, lane: 0, position: 1, traceparent: 't' }];
    const batch = { delivered: 2, receivedAtMs: [1, 2], traced, failures: [failure], startedAtMs: 0, settledFromMs: 0, endedAtMs: 1 };
    telemetry.finished({ ...lane(2), epoch: 1 }, batch);
    telemetry.finished({ ...lane(1), epoch: 1 }, batch);
    expect(told).toEqual([{ ...batch, receivedAtMs: [], traced: [] }, batch]);
  });
});
