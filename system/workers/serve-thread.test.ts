// What a thread and its lane report of a batch whose commit is not answered: the first attempt's decisions, once, where it was carried out.
import { afterEach, expect, test } from 'vitest';
import type { LogEvent } from '../stream/stream.ts';
import { compareCheckpoint, noBooks, type Tenure } from './checkpoint.ts';
import { newKeyState, keyName } from './key-order.ts';
import type { EventTransactions } from './event-transaction.ts';
import type { DecideInside, LaneStore } from './lane-store.ts';
import { noteLostAnswer } from './lost-answer.ts';
import type { OwnRules } from './own-rules.ts';
import type { OrderedProcessor } from './processor.ts';
import type { Settlement } from './settlement.ts';
import type { FinishedBatch } from './telemetry-parts.ts';
import { connectionLost, createLaneOf, eventAt, parkingRules, type RunTask, startThread } from './testing/simulated-lane.ts';

const tenure: Tenure = { processor: 'timelines', version: 1, lane: 0, epoch: 3 };
const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

type Step = 'heard' | 'unheard' | 'undone' | 'away';

const open: Disposable[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one[Symbol.dispose]();
});

/** A database of one lane, whose second event is always refused by its handler. */
const createStore = (steps: Step[]) => {
  let position = 0;
  const store = {
    loadKeys: (_lane: unknown, keys: readonly LogEvent[]) => Promise.resolve(new Map(keys.map((key) => [keyName(key), newKeyState(key)]))),
    settle: (of: Tenure, expected: number, settlement: Settlement<unknown>) => store.decide(of, expected, async () => settlement),
    decide: async (_tenure: Tenure, expected: number, decide: DecideInside<unknown>) => {
      const step = steps.shift() ?? 'heard';
      if (step === 'away') throw connectionLost();
      const found = { position, epoch: 3 };
      const outcome = compareCheckpoint(found, { position: expected, epoch: 3 });
      const settled = { outcome, found, books: noBooks, holdings: { parked: 1, pending: 0 } };
      if (outcome !== 'advanced') return settled;
      const settlement = await decide({} as EventTransactions);
      if (step !== 'undone') position = settlement?.toPosition ?? position;
      return step === 'heard' ? settled : noteLostAnswer(connectionLost());
    },
  };
  return store as unknown as LaneStore;
};

const start = (steps: Step[], { failAlways = true, own }: { failAlways?: boolean; own?: OwnRules } = {}) => {
  let handled = 0;
  const handle = (event: LogEvent) => {
    handled += 1;
    if (event.position === 2 && (failAlways || handled <= 2)) throw new Error('never');
    return null;
  };
  const processor: OrderedProcessor<null> = {
    kind: 'ordered',
    name: 'timelines',
    version: 1,
    handle,
    apply: () => Promise.resolve(0),
    ...(own && { own }),
  };
  const events = [1, 2, 3].map((position) => eventAt(position, { traceparent }));
  const thread = startThread({ processor, events, store: createStore(steps) });
  open.push(thread);
  return runLane(thread.run);
};

const runLane = async (run: RunTask) => {
  const told: FinishedBatch[] = [];
  let parked = 0;
  const lane = createLaneOf({
    tenure,
    run,
    telemetry: { finished: (_tenure, batch) => void told.push(batch), interrupted: () => {} },
    onParked: () => (parked += 1),
  });
  let position = 0;
  for (let tries = 0; position < 3 && tries < 10; tries += 1) {
    const moved = await lane.runBatch({ position, head: 3, drain: false }, new AbortController().signal);
    if (moved.kind === 'moved') ({ position } = moved);
  }
  return { position, parked, told };
};

test.each([
  ['answered', ['heard']],
  ['carried out though its answer is lost, and found so at once', ['unheard']],
  ['carried out though its answer is lost, and found so once the database is back', ['unheard', 'away', 'away', 'away', 'heard']],
  ['not carried out, and done at the second try', ['undone']],
  ['not carried out, and carried out at the second try without an answer', ['undone', 'unheard', 'away', 'heard']],
] as const)('a batch is told of once where its commit is %s', async (_what, steps) => {
  const { position, parked, told } = await start([...steps]);
  expect([position, parked]).toEqual([3, 1]);
  expect(told).toHaveLength(1);
  expect(told[0]).toMatchObject({ delivered: 3, failures: [{ position: 2, end: 'dead_letter' }] });
  expect(told[0]!.traced.map(({ id }) => id)).toEqual([1, 3]);
});

test('what is told is what was written: the first attempt’s decisions, also where a second one decides otherwise', async () => {
  const { told } = await start(['unheard'], { failAlways: false });
  expect(told).toMatchObject([{ delivered: 3, failures: [{ position: 2, end: 'dead_letter' }] }]);
});

test('a batch of a team’s own processor is told of once too', async () => {
  const { position, told } = await start(['undone', 'unheard', 'away', 'heard'], { own: parkingRules });
  expect([position, told.length]).toEqual([3, 1]);
  expect(told[0]).toMatchObject({ delivered: 3, failures: [{ position: 2, end: 'dead_letter' }] });
});
