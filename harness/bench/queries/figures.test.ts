import { expect, test } from 'vitest';
import { heldFigure, ingestFigure, memoryFigure, queryFigures, readyFigure } from './figures.ts';
import type { LoadedStretch } from './load/protocol.ts';
import { parsePeak } from './memory.ts';
import type { Summary } from './summarise.ts';

const stretch = (wallSeconds: number): LoadedStretch => ({
  encoding: 'json',
  contents: 'everything',
  samples: 100_000,
  points: 10_000,
  requests: 200,
  bytes: 3_000_000,
  wallSeconds,
  receiverCpuSeconds: 1.25,
  senderCpuSeconds: 0.5,
});

test('ready is judged by the slowest start, not by the median', () => {
  expect(readyFigure([500, 2_000, 600])).toMatchObject({ value: 2_000, holds: true });
  expect(readyFigure([500, 2_001, 600])).toMatchObject({ value: 2_001, holds: false });
});

test('ingest is samples by wall time, with the CPU of both sides told', () => {
  expect(ingestFigure(stretch(2), undefined, '')).toMatchObject({ value: 50_000, against: null, holds: true });
  const slower = ingestFigure(stretch(2.01), stretch(1), 'Prometheus 3.15.0');
  expect(slower).toMatchObject({ holds: false, against: { value: 100_000 } });
  expect(slower.name).toContain('CPU of the receiver 1.3 s');
});

test('numbers alone are told, not judged', () => {
  expect(ingestFigure({ ...stretch(2), contents: 'numbers' }, undefined, '')).toMatchObject({ value: 50_000, bound: null, holds: null });
});

test('one sample that was let go is one too many', () => {
  const held = { series: 10_398, sent: 1_000_000, storeBytes: 27e6 };
  expect(heldFigure({ ...held, samples: 1_000_000 }).holds).toBe(true);
  expect(heldFigure({ ...held, samples: 999_999 }).holds).toBe(false);
});

test('memory is judged by its peak, and only over the whole history', () => {
  const memory = { peakRssBytes: 401e6, pssBytes: 100e6 };
  expect(memoryFigure('held', memory, null, '', true)).toMatchObject({ value: 401, holds: false });
  expect(memoryFigure('held', { ...memory, peakRssBytes: 400e6 }, null, '', true).holds).toBe(true);
  expect(memoryFigure('held', memory, null, '', false)).toMatchObject({ bound: null, holds: null });
});

test('the peak is read from /proc, and not known where it is not told', () => {
  expect(parsePeak('VmPeak:\t  900 kB\nVmHWM:\t  250 kB\nVmRSS:\t  100 kB\n')).toBe(256_000);
  expect(parsePeak('Name:\tnode\n')).toBeNaN();
});

const rated = (ratio: number) => ({ place: 'p', query: 'q', embeddedMs: ratio, peerMs: 1, ratio });

const summary = (worst: number): Summary => ({
  questions: 3,
  embeddedMs: 30,
  peerMs: 20,
  ratio: { median: 1.5, low: 1, high: 2 },
  worst: rated(worst),
  slowest: rated(1),
});

test('one query above ten times is told by name, though all others are below', () => {
  const [all, worst] = queryFigures(summary(10.1), 'Prometheus 3.15.0');
  expect(all).toMatchObject({ ratio: 1.5, holds: true });
  expect(worst).toMatchObject({ ratio: 10.1, holds: false });
  expect(worst!.name).toContain('p: q');
  expect(queryFigures(summary(10), 'Prometheus 3.15.0')[1]!.holds).toBe(true);
});

test('without a Prometheus the bound is neither kept nor missed', () => {
  expect(queryFigures(summary(99), null).map(({ holds }) => holds)).toEqual([null, null]);
});
