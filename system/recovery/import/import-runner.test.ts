import { expect, test } from 'vitest';
import { importLimits } from '../../contract/imports.ts';
import { SystemError, type SystemErrorName } from '../../contract/system-error.ts';
import type { ImportBatch, ImportLedger, OpenImport, SettledBatch } from './import-ledger.ts';
import { createImportRunner } from './import-runner.ts';
import { createThrottle } from './throttle.ts';

const event = (n: number) =>
  `{"system_name":"shop","object_id":"o${n}","event_name":"paid","event_time":"2020-01-02T03:04:05Z","metadata":{}}\n`;
const file = (from: number, to: number) => Buffer.from(Array.from({ length: to - from + 1 }, (_, at) => event(from + at)).join(''));

type Step = SystemErrorName | 'lost_answer';

const start = (open: Partial<OpenImport> = {}, steps: Step[] = [], { lagMs = 0, refused = '' } = {}) => {
  let nowMs = 0;
  const used = { bytes: 0 };
  const state: { -readonly [Key in keyof OpenImport]: OpenImport[Key] } = {
    import: 1,
    tenant: 'default',
    quotas: { eventsPerSecond: null, bytesPerSecond: null, storageBytes: null },
    storedBytes: 0,
    state: 'running',
    nextLine: 1,
    lines: 1000,
    ratePerSecond: 100_000,
    format: 'ndjson',
    mapping: null,
    header: null,
    ...open,
  };
  const settled: ImportBatch[] = [];
  const write = (batch: ImportBatch): SettledBatch => {
    if (batch.fromLine !== state.nextLine)
      return { moved: false, state: state.state, nextLine: state.nextLine, appended: 0, duplicates: 0, refused: 0 };
    settled.push(batch);
    state.nextLine = batch.nextLine;
    if (state.nextLine > state.lines) state.state = 'done';
    return {
      moved: true,
      state: state.state,
      nextLine: state.nextLine,
      appended: batch.events.length,
      duplicates: 0,
      refused: batch.refusals.length,
    };
  };
  const ledger: ImportLedger = {
    ready: () => Promise.resolve(true),
    find: (_tenant, name) => Promise.resolve(name === 'unknown' ? null : { ...state }),
    settle: async (_id, batch) => {
      nowMs += 5;
      const step = batch.events.some(({ objectId }) => objectId === refused) ? 'FL_STREAM_DATA_REFUSED' : steps.shift();
      if (step === 'lost_answer') write(batch);
      if (step !== undefined) throw new SystemError(step === 'lost_answer' ? 'FL_STREAM_COMMIT_UNKNOWN' : step, step);
      return write(batch);
    },
    lagMs: () => Promise.resolve(lagMs),
    usedBytes: () => Promise.resolve(used.bytes),
  };
  const clock = { nowMs: () => nowMs, sleep: (delayMs: number) => ((nowMs += delayMs), Promise.resolve()) };
  const throttle = createThrottle({ lagBudgetMs: 100, commitBudgetMs: 100, nowMs: clock.nowMs });
  const runner = createImportRunner({ ledger, throttle, clock, newIdentity: () => 'new', diskBudgetBytes: 100, onTrouble: () => {} });
  return { runner, settled, state, clock, used };
};

const ranges = (settled: readonly ImportBatch[]) => settled.map(({ fromLine, nextLine }) => [fromLine, nextLine]);

test('a slice is settled in commits of so many lines, in the order of the file', async () => {
  const { runner, settled } = start();
  expect(await runner.settle({ tenant: 'default', name: 'f', fromLine: 1, bytes: file(1, 600) })).toMatchObject({
    state: 'running',
    next_line: 601,
    appended: 600,
  });
  expect(ranges(settled)).toEqual([
    [1, 251],
    [251, 501],
    [501, 601],
  ]);
});

test('lines are received when their turn has come, not when their slice was read', async () => {
  const { runner, settled, clock } = start({ ratePerSecond: 1000 });
  const began = clock.nowMs();
  await runner.settle({ tenant: 'default', name: 'f', fromLine: 1, bytes: file(1, 600) });
  const received = settled.map(({ events }) => Date.parse(events[0]!.receivedAt) - began);
  expect(received[0]).toBe(0);
  expect(received.at(-1)).toBeGreaterThan(250);
});

test('lines that are settled are passed over; lines after a gap are not taken', async () => {
  const { runner, settled } = start({ nextLine: 101 });
  expect(await runner.settle({ tenant: 'default', name: 'f', fromLine: 1, bytes: file(1, 150) })).toMatchObject({
    next_line: 151,
    appended: 50,
  });
  expect(await runner.settle({ tenant: 'default', name: 'f', fromLine: 200, bytes: file(200, 210) })).toMatchObject({
    next_line: 151,
    appended: 0,
  });
  expect(ranges(settled)).toEqual([[101, 151]]);
});

test('an answer that was lost is not a line twice: the ledger says that it was settled', async () => {
  const { runner, settled } = start({}, ['lost_answer', 'FL_STREAM_CONTENDED']);
  const first = await runner.settle({ tenant: 'default', name: 'f', fromLine: 1, bytes: file(1, 10) });
  expect(first).toMatchObject({ next_line: 11 });
  expect(ranges(settled)).toEqual([[1, 11]]);
});

test('one line that the database refuses is refused alone, in its place', async () => {
  const { runner, settled } = start({}, [], { refused: 'o13' });
  expect(await runner.settle({ tenant: 'default', name: 'f', fromLine: 1, bytes: file(1, 20) })).toMatchObject({
    next_line: 21,
    appended: 19,
    refused: 1,
  });
  expect(settled.flatMap(({ refusals }) => refusals)).toMatchObject([{ line: 13, code: 'internal' }]);
  expect(settled.map(({ fromLine }) => fromLine)).toEqual(settled.map(({ fromLine }) => fromLine).toSorted((a, b) => a - b));
});

test('the last line ends it; a slice that goes beyond it is refused whole', async () => {
  const { runner, settled } = start({ lines: 20 });
  expect(await runner.settle({ tenant: 'default', name: 'f', fromLine: 1, bytes: file(1, 21) })).toEqual({
    kind: 'beyond_the_end',
    lines: 20,
  });
  expect(settled).toEqual([]);
  expect(await runner.settle({ tenant: 'default', name: 'f', fromLine: 1, bytes: file(1, 20) })).toMatchObject({
    state: 'done',
    next_line: 21,
  });
  expect(await runner.settle({ tenant: 'default', name: 'f', fromLine: 1, bytes: file(1, 20) })).toMatchObject({
    state: 'done',
    appended: 0,
  });
  expect(await runner.settle({ tenant: 'default', name: 'unknown', fromLine: 1, bytes: file(1, 1) })).toEqual({ kind: 'unknown_import' });
});

test('no commit reaches over more lines than a block has ids', async () => {
  const record = (n: number) => `o${n},"${'\n'.repeat(99)}"\n`;
  const { runner, settled } = start({
    format: 'csv',
    lines: 10_000,
    header: ['o', 'n'],
    mapping: {
      system_name: { value: 's' },
      object_id: 'o',
      event_name: { value: 'e' },
      event_time: { value: '2020-01-01T00:00:00Z' },
      metadata: { n: 'n' },
    },
  });
  await runner.settle({
    tenant: 'default',
    name: 'f',
    fromLine: 1,
    bytes: Buffer.from(Array.from({ length: 40 }, (_, n) => record(n + 100)).join('')),
  });
  expect(settled.flatMap(({ events }) => events)).toHaveLength(40);
  for (const { fromLine, events } of settled) expect(events.at(-1)!.line - fromLine).toBeLessThan(importLimits.commitSpan);
});

test('far behind with live events it waits, and answers in time that it did', async () => {
  const { runner, settled, clock } = start({}, [], { lagMs: 10_000 });
  expect(await runner.settle({ tenant: 'default', name: 'f', fromLine: 1, bytes: file(1, 10) })).toMatchObject({
    next_line: 1,
    brake: 'lag',
    rate_per_second: 0,
  });
  expect(settled).toEqual([]);
  expect(clock.nowMs()).toBeLessThan(importLimits.sliceMs + 500);
});

test('at the disk budget nothing is brought, and it goes on once there is room', async () => {
  const { runner, settled, used } = start();
  used.bytes = 100;
  expect(await runner.settle({ tenant: 'default', name: 'f', fromLine: 1, bytes: file(1, 10) })).toMatchObject({
    next_line: 1,
    brake: 'disk',
  });
  used.bytes = 99;
  expect(await runner.settle({ tenant: 'default', name: 'f', fromLine: 1, bytes: file(1, 10) })).toMatchObject({
    next_line: 11,
    brake: null,
  });
  expect(ranges(settled)).toEqual([[1, 11]]);
});

test('a slow import moves in every slice, at its rate, and sleeps no longer than a slice lasts', async () => {
  const { runner, state, clock } = start({ ratePerSecond: 2 });
  for (let slice = 1; slice <= 5; slice += 1) {
    const beganAtMs = clock.nowMs();
    const before = state.nextLine;
    await runner.settle({ tenant: 'default', name: 'f', fromLine: before, bytes: file(before, 900) });
    expect(clock.nowMs() - beganAtMs).toBeLessThan(importLimits.sliceMs + 500);
    expect(state.nextLine).toBeGreaterThan(before);
  }
  expect(state.nextLine - 1).toBeLessThanOrEqual((2 * clock.nowMs()) / 1000 + 2);
});

test('a line that the database refuses even as a refusal ends the slice: it is not tried for ever', async () => {
  const { runner, settled } = start({}, Array<Step>(20).fill('FL_STREAM_DATA_REFUSED'));
  await expect(runner.settle({ tenant: 'default', name: 'f', fromLine: 1, bytes: file(1, 2) })).rejects.toThrow('FL_STREAM_DATA_REFUSED');
  expect(settled).toEqual([]);
});

const noQuotas = { eventsPerSecond: null, bytesPerSecond: null, storageBytes: null };

test('a tenant with a quota of events imports no faster, and is told what holds it', async () => {
  const { runner, state, clock } = start({ quotas: { ...noQuotas, eventsPerSecond: 20 } });
  for (let slice = 1; slice <= 3; slice += 1)
    expect(await runner.settle({ tenant: 'default', name: 'f', fromLine: 1, bytes: file(1, 900) })).toMatchObject({ brake: 'quota' });
  expect(state.nextLine - 1).toBeLessThanOrEqual((20 * clock.nowMs()) / 1000 + 20);
  expect(state.nextLine - 1).toBeGreaterThan(15 * (clock.nowMs() / 1000));
});

test('a quota of bytes that one line uses up for longer than a slice refuses the next with a time to come back', async () => {
  const { runner, state, clock } = start({ quotas: { ...noQuotas, bytesPerSecond: 1 } });
  const slice = () => runner.settle({ tenant: 'default', name: 'f', fromLine: 1, bytes: file(1, 10) });
  expect(await slice()).toMatchObject({ kind: 'settled', next_line: 2, brake: 'quota' });
  const refused = await slice();
  expect(refused).toMatchObject({ kind: 'over_quota', refusal: { code: 'quota_exceeded', details: { quota: 'bytes_per_second' } } });
  await clock.sleep((refused as { refusal: { retryAfterSeconds: number } }).refusal.retryAfterSeconds * 1000);
  expect(await slice()).toMatchObject({ kind: 'settled', next_line: 3 });
  expect(state.nextLine).toBe(3);
});

test('a tenant whose storage is used up imports nothing, at once, and goes on when there is room', async () => {
  const { runner, state, settled, clock } = start({ quotas: { ...noQuotas, storageBytes: 1000 }, storedBytes: 1000 });
  const slice = () => runner.settle({ tenant: 'default', name: 'f', fromLine: 1, bytes: file(1, 100) });
  expect(await slice()).toMatchObject({ kind: 'over_quota', refusal: { code: 'storage_quota_exceeded' } });
  expect([settled, clock.nowMs()]).toEqual([[], 0]);
  state.storedBytes = 500;
  expect(await slice()).toMatchObject({ kind: 'settled', brake: 'quota' });
  const bytes = settled.flatMap(({ events }) => events).reduce((sum, { body }) => sum + body.length, 0);
  expect(500 + bytes - 1000).toBeLessThan(event(100).length);
  expect(bytes).toBeGreaterThanOrEqual(500);
});

test('blank and refused lines cost no quota', async () => {
  const { runner } = start({ quotas: { ...noQuotas, storageBytes: 1 }, storedBytes: 1 });
  const bytes = Buffer.from(`\nnonsense\n${event(3)}`);
  expect(await runner.settle({ tenant: 'default', name: 'f', fromLine: 1, bytes })).toMatchObject({
    kind: 'settled',
    next_line: 3,
    refused: 1,
  });
});
