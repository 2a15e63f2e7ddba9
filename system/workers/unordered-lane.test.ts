// What is told of a batch whose commit is not answered: once, where it was carried out.
import { expect, test } from 'vitest';
import { compareCheckpoint, noBooks, type Tenure } from './checkpoint.ts';
import type { Settled } from './lane-store.ts';
import { noteLostAnswer } from './lost-answer.ts';
import type { AppliedRange, UnorderedProcessor } from './processor.ts';
import type { RangeStore } from './range-store.ts';
import type { FinishedBatch } from './telemetry-parts.ts';
import type { WorkerTelemetry } from './telemetry.ts';
import { connectionLost } from './testing/simulated-lane.ts';
import { noThrottle } from './token-bucket.ts';
import { createUnorderedBatch } from './unordered-lane.ts';
import type { WorkerClock } from './worker-clock.ts';

const tenure: Tenure = { processor: 'events', version: 1, lane: 0, epoch: 3 };
const refused = () => Object.assign(new Error('no such number'), { code: '22003' });

/** What becomes of an attempt: heard, carried out and not heard, not carried out and not heard, or no connection at all. */
type Step = 'heard' | 'unheard' | 'undone' | 'away' | 'refused';

const start = (steps: Step[], batchEvents = 10) => {
  const told: FinishedBatch[] = [];
  let position = 0;
  const settle = async (expected: number, upTo: number, write: () => Promise<unknown>): Promise<Settled> => {
    const step = steps.shift() ?? 'heard';
    if (step === 'away') throw connectionLost();
    const found = { position, epoch: 3 };
    const outcome = compareCheckpoint(found, { position: expected, epoch: 3 });
    const settled = { outcome, found, books: noBooks, holdings: { parked: 0, pending: 0 } };
    if (outcome !== 'advanced') return settled;
    await write();
    if (step === 'refused') throw refused();
    if (step !== 'undone') position = upTo;
    return step === 'heard' ? settled : noteLostAnswer(connectionLost());
  };
  const store = {
    applyRange: async (_tenure: Tenure, from: number, upTo: number, processor: UnorderedProcessor) => {
      let range: AppliedRange = { applied: 0, skipped: 0, receivedAtMs: [], traced: [] };
      const settled = await settle(from, upTo, async () => (range = await processor.applyRange(0, from, upTo, {} as never)));
      return { ...settled, range };
    },
    parkOne: (_tenure: Tenure, from: number) => settle(from, from + 1, () => Promise.resolve()),
    eventAt: () => Promise.resolve({ id: 7, systemName: 'shop', objectId: 'o', traceparent: null }),
  } as unknown as RangeStore;
  const processor = {
    kind: 'unordered',
    name: 'events',
    version: 1,
    applyRange: async (_lane: number, from: number, upTo: number) => {
      const receivedAtMs = Array.from({ length: upTo - from }, (_, index) => from + index + 1);
      return { applied: upTo - from, skipped: 0, receivedAtMs, traced: [] };
    },
  } as unknown as UnorderedProcessor;
  const lane = createUnorderedBatch({
    tenure,
    processor,
    store,
    bucket: noThrottle,
    batchEvents,
    parkLimit: 10,
    holdings: { parked: 0, pending: 0 },
    telemetry: {
      finished: (_tenure: Tenure, batch: FinishedBatch) => void told.push(batch),
      interrupted: () => {},
    } as unknown as WorkerTelemetry,
    clock: { nowMs: () => 1000 } as WorkerClock,
    recordFenced: () => Promise.resolve(),
  });
  const runTo = async (head: number) => {
    for (let at = 0, tries = 0; at < head && tries < 10; tries += 1) {
      const end = await lane.runBatch({ position: at, head, drain: false }, new AbortController().signal);
      if (end.kind === 'moved') at = end.position;
    }
    return {
      position,
      delivered: told.map(({ delivered }) => delivered),
      received: told.flatMap(({ receivedAtMs }) => Array.from(receivedAtMs)),
    };
  };
  return { told, runTo };
};

const whole = { position: 5, delivered: [5], received: [1, 2, 3, 4, 5] };

test.each([
  ['answered', ['heard']],
  ['carried out though its answer is lost, and found so at once', ['unheard']],
  ['carried out though its answer is lost, and found so once the database is back', ['unheard', 'away', 'away', 'away', 'away', 'heard']],
  ['not carried out, and done at the second try', ['undone']],
  ['not carried out, and carried out at the second try without an answer', ['undone', 'unheard', 'away', 'heard']],
] as const)('a range is told of once where its commit is %s', async (_what, steps) => {
  expect(await start([...steps]).runTo(5)).toEqual(whole);
});

test('the range after one that was found to be there is told of too', async () => {
  expect(await start(['unheard'], 3).runTo(5)).toEqual({ ...whole, delivered: [3, 2] });
});

test('a dead letter whose commit is not answered is told of once', async () => {
  const { told, runTo } = start(['refused', 'unheard', 'away', 'away', 'heard'], 1);
  expect(await runTo(1)).toEqual({ position: 1, delivered: [1], received: [] });
  expect(told[0]!.failures).toMatchObject([{ position: 1, id: 7, end: 'dead_letter', failure: { code: 'data_refused' } }]);
});
