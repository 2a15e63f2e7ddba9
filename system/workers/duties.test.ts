import { expect, test } from 'vitest';
import type { RetentionRound } from './log-retention.ts';
import { type DutiesOptions, startDuties } from './duties.ts';

/** Time stands still until `pass`; the reading that a duty makes is the one that is set. */
const start = () => {
  let nowMs = 0;
  let sleepers: { readonly untilMs: number; readonly wake: () => void }[] = [];
  let reading = { entries: [], beganAtMs: 0, identitiesRows: 0, oldestSnapshotSeconds: 0 };
  let round: RetentionRound = { dropped: [], waits: null };
  const said: (string | undefined)[] = [];
  const alarms: (readonly [atMs: number, name: string | undefined])[] = [];
  const options: DutiesOptions = {
    tenure: { processor: '_duties', version: 0, lane: -1, owner: 'worker-1', epoch: 1 } as DutiesOptions['tenure'],
    store: {
      readBooks: async () => reading,
      makePartitions: async () => 0,
      dropPast: async () => round,
      forgetIdentities: async () => false,
      tidy: async () => {},
      closeIdleCommands: async () => 0,
      compareVersions: () => Promise.resolve(false),
      removeDropped: () => Promise.resolve(false),
      eraseNext: async () => ({ isMore: false, finished: null }),
      closeIdleRecoveries: async () => 0,
    },
    startExport: () => ({ push: async () => {}, reportAge: async () => {}, stop: () => {} }),
    exportIntervalMs: 1000,
    dedupeWindowHours: 24,
    dedupeRowBound: 1000,
    retention: { keepDays: 7, consumers: 'wait' },
    clock: {
      nowMs: () => nowMs,
      sleep: (delayMs, signal) =>
        new Promise((resolve, reject) => {
          sleepers.push({ untilMs: nowMs + delayMs, wake: resolve });
          signal?.addEventListener('abort', () => reject(new Error('aborted')));
        }),
    },
    logger: {
      info: (_body, _attributes, context) => void said.push(context?.eventName),
      error: (_body, _attributes, context) => void alarms.push([nowMs, context?.eventName]),
    },
    telemetry: { error: () => {} },
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
