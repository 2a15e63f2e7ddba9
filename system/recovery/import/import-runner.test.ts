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
