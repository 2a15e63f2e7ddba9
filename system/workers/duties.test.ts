import { expect, test } from 'vitest';
import { signals } from '../contract/signals.ts';
import type { BookEntry } from '../telemetry/accounting.ts';
import type { RetentionRound } from './log-retention.ts';
import { type DutiesOptions, startDuties } from './duties.ts';

/** Time stands still until `pass`; the reading that a duty makes is the one that is set. */
const start = () => {
  let nowMs = 0;
  let sleepers: { readonly untilMs: number; readonly wake: () => void }[] = [];
  let reading = { entries: [], beganAtMs: 0, identitiesRows: 0, oldestSnapshotSeconds: 0 };
  let round: RetentionRound = { dropped: [], waits: null };
  let readBooks: DutiesOptions['store']['readBooks'] = async () => reading;
  let provenAtMs = 0;
  const agesAtMs: number[] = [];
  let countEffects: DutiesOptions['store']['countEffects'] = async () => [];
  let makeCountsIndex: DutiesOptions['store']['makeCountsIndex'] = async () => {};
  const said: (string | undefined)[] = [];
  const errors: string[] = [];
  /** Of each export. */
  const exported: (readonly (readonly [name: string, value: number])[])[] = [];
  const alarms: (readonly [atMs: number, name: string | undefined])[] = [];
  const options: DutiesOptions = {
    tenure: { processor: '_duties', version: 0, lane: -1, owner: 'worker-1', epoch: 1 } as DutiesOptions['tenure'],
    store: {
      readBooks: (epoch) => readBooks(epoch),
      countEffects: (epoch, signal) => countEffects(epoch, signal),
      makePartitions: async () => 0,
      makeCountsIndex: (signal) => makeCountsIndex(signal),
      dropPast: async () => round,
      forgetIdentities: async () => false,
      tidy: async () => {},
      closeIdleCommands: async () => 0,
      compareVersions: () => Promise.resolve(false),
      removeDropped: () => Promise.resolve(false),
      eraseNext: async () => ({ isMore: false, finished: null }),
      closeIdleRecoveries: async () => 0,
    },
    startExport: () => ({
      push: async ({ entries }) => void exported.push(entries.map(({ signal, value }) => [signal.name, value] as const)),
      reportAge: async () => void agesAtMs.push(nowMs),
      stop: () => {},
    }),
    exportIntervalMs: 1000,
    leaseMs: 3000,
    provenAtMs: () => provenAtMs,
    dedupeWindowHours: 24,
    dedupeRowBound: 1000,
    retention: { keepDays: 7, consumers: 'wait' },
    clock: {
      nowMs: () => nowMs,
      sleep: (delayMs, signal) =>
        new Promise((resolve, reject) => {
          if (signal?.aborted === true) return reject(new Error('aborted'));
          sleepers.push({ untilMs: nowMs + delayMs, wake: resolve });
          signal?.addEventListener('abort', () => reject(new Error('aborted')));
        }),
    },
    logger: {
      info: (_body, _attributes, context) => void said.push(context?.eventName),
      error: (_body, _attributes, context) => void alarms.push([nowMs, context?.eventName]),
    },
    telemetry: { error: (what) => void errors.push(what) },
    onLost: () => {},
  };
  const settle = () => new Promise<void>((resolve) => void setImmediate(resolve));
  const pass = async (seconds: number): Promise<void> => {
    for (const endsAtMs = nowMs + seconds * 1000; nowMs < endsAtMs; nowMs += 1000) {
      const due = sleepers.filter(({ untilMs }) => untilMs <= nowMs);
      sleepers = sleepers.filter((sleeper) => !due.includes(sleeper));
      for (const { wake } of due) wake();
      await settle();
    }
  };
  const duties = startDuties(options);
  return {
    alarms,
    said,
    errors,
    exported,
    count: (next: typeof countEffects) => void (countEffects = next),
    make: (next: typeof makeCountsIndex) => void (makeCountsIndex = next),
    agesAtMs,
    cutOff: () => void (readBooks = () => Promise.reject(new Error('connect ECONNREFUSED'))),
    renew: () => void (provenAtMs = nowMs),
    pass,
    stop: () => duties.stop(),
    retire: (next: RetentionRound) => void (round = next),
    read: (change: Partial<typeof reading>) => void (reading = { ...reading, ...change }),
  };
};

test('a snapshot that is held for over a minute alarms at once, and again each minute while it lasts; at a minute it does not', async () => {
  const { alarms, pass, stop, read } = start();
  read({ oldestSnapshotSeconds: 60 });
  await pass(5);
  expect(alarms).toEqual([]);
  read({ oldestSnapshotSeconds: 60.1 });
  await pass(125);
  expect(alarms.map(([, name]) => name)).toEqual(Array(3).fill('faultline.database.old_snapshot'));
  expect(alarms[1]![0] - alarms[0]![0]).toBeGreaterThanOrEqual(60_000);
  read({ oldestSnapshotSeconds: 0 });
  await pass(120);
  expect(alarms).toHaveLength(3);
  await stop();
});

test('rows over the bound of the dedupe window alarm beside it, each on its own; as many as the bound do not', async () => {
  const { alarms, pass, stop, read } = start();
  read({ identitiesRows: 1000 });
  await pass(3);
  expect(alarms).toEqual([]);
  read({ identitiesRows: 1001, oldestSnapshotSeconds: 61 });
  await pass(3);
  expect(alarms.map(([, name]) => name)).toEqual(['faultline.identities.over_bound', 'faultline.database.old_snapshot']);
  await stop();
});

test('what retention dropped is said, and what it could not drop alarms each time that it looks', async () => {
  const { alarms, said, pass, stop, retire } = start();
  await pass(3);
  expect([said, alarms]).toEqual([[], []]);
  retire({ dropped: ['log_20260101', 'log_20260102'], waits: { partition: 'log_20260103', readers: ['consumer billing'] } });
  await pass(601);
  expect(said).toEqual(['faultline.log.dropped', 'faultline.log.dropped']);
  expect(alarms.map(([, name]) => name)).toEqual(['faultline.retention.waits']);
  await stop();
});

const surplus = (value: number): BookEntry => ({
  signal: signals.effectSurplus,
  attributes: { 'faultline.processor': 'timelines', 'faultline.processor.version': 1, 'faultline.lane': 0 },
  value,
});
const [surplusName, ageName] = [signals.effectSurplus.name, signals.effectsAge.name];
const lastOf = (exported: ReturnType<typeof start>['exported']) => Object.fromEntries(exported.at(-1)!);

test('a count of the effects that is over at once goes with the books that were read beside it', async () => {
  const { exported, pass, stop, count } = start();
  let counts = 0;
  count(async () => [surplus((counts += 1))]);
  await pass(4);
  // The first was read before there was anything to count.
  expect(exported.slice(1).map((entries) => Object.fromEntries(entries))).toEqual(
    [1, 2, 3].map((value) => ({ [surplusName]: value, [ageName]: 0 })),
  );
  await stop();
});

test('the books go out while the effects are counted, one count at a time, and with what it found once it is over', async () => {
  const { exported, pass, stop, count } = start();
  const { promise, resolve } = Promise.withResolvers<BookEntry[]>();
  let counts = 0;
  count(() => {
    counts += 1;
    return promise;
  });
  await pass(60);
  expect(exported.length).toBeGreaterThanOrEqual(58);
  expect(lastOf(exported)).toEqual({ [ageName]: expect.closeTo(59, -1) });
  resolve([surplus(3)]);
  await pass(2);
  expect(counts).toBe(1);
  expect(lastOf(exported)).toMatchObject({ [surplusName]: 3 });
  await stop();
});

test('where the effects can not be counted the books go out without a surplus, its age grows, and it is said once', async () => {
  const { exported, errors, pass, stop, count } = start();
  count(async () => [surplus(0)]);
  await pass(3);
  count(() => Promise.reject(new Error('canceling statement due to statement timeout')));
  await pass(30);
  expect(exported.length).toBeGreaterThanOrEqual(32);
  expect(lastOf(exported)).toEqual({ [ageName]: 30 });
  expect(errors).toEqual(['count the effects']);
  count(async () => [surplus(0)]);
  await pass(1);
  expect(lastOf(exported)).toEqual({ [surplusName]: 0, [ageName]: 0 });
  await stop();
});

test('who gives the duties up waits for no count, and ends it', async () => {
  const { errors, pass, stop, count } = start();
  let ended: AbortSignal | null = null;
  count((_epoch, signal) => {
    ended = signal;
    return new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('cut off')));
    });
  });
  await pass(2);
  await stop();
  expect(ended!.aborted).toBe(true);
  expect(errors).toEqual([]);
});

test('while the books can not be read their age goes out for as long as the lease is known to be ours, and no longer', async () => {
  const { agesAtMs, pass, stop, cutOff, renew } = start();
  await pass(2);
  cutOff();
  for (let second = 0; second < 60; second += 1) {
    renew();
    await pass(1);
  }
  expect(agesAtMs.length).toBeGreaterThanOrEqual(59);
  expect(agesAtMs.at(-1)).toBe(61_000);
  // The last renewal went through at 61 s: from 64 s on another may have the duties, and speak of its own books under the same name.
  await pass(60);
  expect(agesAtMs.at(-1)).toBe(63_000);
  await stop();
});

test('an index that is being made keeps no other duty from its work, and is not waited for by who gives the duties up', async () => {
  const { errors, exported, pass, stop, make } = start();
  let calls = 0;
  make((signal) => {
    calls += 1;
    return new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('cut off')));
    });
  });
  await pass(1300);
  const before = exported.length;
  expect(before).toBeGreaterThanOrEqual(1298);
  expect(calls).toBe(1);
  await stop();
  expect(errors).toEqual([]);
});
