import { expect, test } from 'vitest';
import type { RunData } from '../engine/run-data.ts';
import { diskBounded } from './disk-bounded.ts';
import { memorySteady } from './memory-steady.ts';
import { simulateRun, zeroAt } from './testing/simulated-run.ts';

const quiet = simulateRun();

/** One worker for so many seconds, that grows by so many megabytes a second. */
const growing = (seconds: number, perSecond: number): RunData => ({
  ...quiet,
  machine: Array.from({ length: seconds }, (_unused, second) => ({
    at: zeroAt + second * 1000,
    cpuBusy: 0.5,
    cpuSteal: 0,
    processes: [{ role: 'worker', pid: 11, cpuSeconds: 0.4, pssBytes: 80e6 + second * perSecond * 1e6 }],
  })),
});

test('a process that grows from minute to minute fails, with how fast; one that only warms up does not', () => {
  expect(memorySteady(growing(200, 1), { megabytes: 50 })).toMatchObject({
    outcome: 'fail',
    findings: [{ message: expect.stringMatching(/worker \(pid 11\).* 60\.\d MB more a minute/) }],
  });
  const warming = growing(200, 0);
  const machine = warming.machine.map((sample, second) => ({
    ...sample,
    processes: sample.processes.map((each) => ({ ...each, pssBytes: second < 58 ? 30e6 : 200e6 })),
  }));
  expect(memorySteady({ ...warming, machine }, { megabytes: 50 })).toMatchObject({ outcome: 'pass', measured: { value: 0 } });
});

test('a process that stands by for most of its life, and then works, is not one that grows', () => {
  const idle = growing(200, 0);
  const machine = idle.machine.map((sample, second) => ({
    ...sample,
    processes: sample.processes.map((each) => ({
      ...each,
      cpuSeconds: second < 120 ? 0.001 : 0.4,
      pssBytes: second < 120 ? 60e6 : 240e6,
    })),
  }));
  expect(memorySteady({ ...idle, machine }, { megabytes: 50 })).toMatchObject({ outcome: 'inconclusive' });
});

test('what a process works between two looks at its memory counts too', () => {
  // Memory is dear to look at: the sampler does so every fourth time.
  const rarely = growing(130, 1);
  const machine = rarely.machine.map((sample, second) => ({
    ...sample,
    processes: sample.processes.map((each) => ({ ...each, pssBytes: second % 4 === 0 ? each.pssBytes : null })),
  }));
  expect(memorySteady({ ...rarely, machine }, { megabytes: 20 })).toMatchObject({ outcome: 'fail', findingsTotal: 1 });
  expect(memorySteady({ ...rarely, machine }, { megabytes: 80 })).toMatchObject({ outcome: 'pass' });
});

test('processes that lived for too short a time, or samples that are cut off, show nothing', () => {
  expect(memorySteady(growing(90, 10), { megabytes: 50 })).toMatchObject({ outcome: 'inconclusive' });
  expect(memorySteady({ ...growing(120, 0), machineComplete: false }, { megabytes: 50 })).toMatchObject({ outcome: 'inconclusive' });
});

const books = (bytesPerEvent: number, events: number): RunData => {
  const row = {
    processor: 'events',
    version: 1,
    position: 0,
    epoch: 1,
    applied: 0,
    ignored: 0,
    parked: 0,
    pending: 0,
    discarded: 0,
    skipped: 0,
    shed: 0,
  };
  const sample = (at: number, head: number) => ({
    at,
    databaseBytes: 8_000_000 + head * bytesPerEvent,
    rows: [0, 1].flatMap((lane) => [
      { ...row, lane, head: head / 2 },
      { ...row, processor: 'timelines', lane, head: head / 2 },
    ]),
  });
  return { ...quiet, books: { complete: true, rows: [sample(zeroAt, 1000), sample(zeroAt + 60_000, 1000 + events)] } };
};

test('a database that grows by more than its events is one that is not cleaned up', () => {
  expect(diskBounded(books(2000, 5000), { bytesPerEvent: 2000 })).toMatchObject({ outcome: 'pass', measured: { value: 2000 } });
  expect(diskBounded(books(2001, 5000), { bytesPerEvent: 2000 })).toMatchObject({ outcome: 'fail' });
});

test('where hardly anything was stored, or nobody knows how large the database is, nothing is said', () => {
  expect(diskBounded(books(100, 500), { bytesPerEvent: 2000 })).toMatchObject({ outcome: 'inconclusive' });
  expect(diskBounded(quiet, { bytesPerEvent: 2000 })).toMatchObject({ outcome: 'inconclusive' });
});
