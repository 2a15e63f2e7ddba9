import { expect, test } from 'vitest';
import { createBackOff } from './back-off.ts';
import { startLaneFlow, type BatchEnd } from './lane-flow.ts';

const tenure = { processor: 'ledger', version: 1, lane: 0, epoch: 1 };

/** A lane with ten events ahead of it whose batches end as they are told to; it is stopped at its last one. Returns the waits between them. */
const waitsOf = async (ends: readonly BatchEnd[]): Promise<readonly number[]> => {
  const waits: number[] = [];
  const left = [...ends];
  const stopped = Promise.withResolvers<void>();
  const flow = startLaneFlow({
    tenure,
    position: 0,
    head: 10,
    clock: { nowMs: () => 0, sleep: (delayMs) => Promise.resolve(void waits.push(delayMs)) },
    backOff: createBackOff(() => 1),
    runBatch: async () => {
      const end = left.shift()!;
      if (left.length === 0) void flow.stop().then(stopped.resolve);
      return Promise.resolve(end);
    },
    onFenced: () => {},
  });
  await stopped.promise;
  return waits;
};

const moved = (position: number, moreDue = false): BatchEnd => ({ kind: 'moved', position, moreDue });

test('a lane that moves, or drains, does not wait', async () => {
  expect(await waitsOf([moved(0), moved(3), moved(6), moved(6, true), moved(6), moved(9)])).toEqual([]);
});

test('a lane that finds nothing where there should be events waits longer and longer, until it moves', async () => {
  expect(await waitsOf([moved(0), moved(0), moved(0), moved(0), moved(4), moved(4), moved(9)])).toEqual([20, 40, 80, 20]);
});
