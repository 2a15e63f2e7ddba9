// What all workers of a run counted, put together: histograms are added up, so that percentiles are those of all requests and never a mean of means.
import { encodeHistogram, mergeHistograms, percentileMs } from './worker/histogram.ts';
import type { Histogram } from 'hdr-histogram-js';
import type { Stage } from './plan/stage.ts';
import type { Latency, Measured, PhaseResult, SliceResult } from './result.ts';
import type { LoadDone, SliceRecord, StageRecord } from './worker/protocol.ts';

export type Recorded = Pick<LoadDone, 'stages' | 'slices'>;

export const measurePhases = (stages: readonly Stage[], workers: readonly Recorded[]): readonly PhaseResult[] =>
  stages.map((stage, index) =>
    phaseOf(
      stage,
      workers.map((worker) => worker.stages[index] as StageRecord),
    ),
  );

const phaseOf = (stage: Stage, parts: readonly StageRecord[]): PhaseResult => {
  const sum = (field: 'sent' | 'ok' | 'late' | 'blocked' | 'retries'): number => parts.reduce((total, part) => total + part[field], 0);
  const errors = addUp(parts.map((part) => part.errors));
  const failed = Object.values(errors).reduce((total, count) => total + count, 0);
  const sent = sum('sent');
  const ok = sum('ok');
  const latency = mergeHistograms(
    parts.map((part) => part.latency),
    3,
  );
  return {
    name: stage.name,
    kind: stage.kind,
    seconds: stage.seconds,
    plannedPerSecond: (stage.fromPerSecond + stage.toPerSecond) / 2,
    sent,
    ok,
    failed,
    errors,
    throughput: throughputOf(stage.seconds, parts),
    errorShare: share(failed, sent),
    retries: sum('retries'),
    latencyMs: latencyOf(latency),
    fromSendMs: latencyOf(
      mergeHistograms(
        parts.map((part) => part.fromSend),
        3,
      ),
    ),
    scheduleDelayMs: latencyOf(
      mergeHistograms(
        parts.map((part) => part.delay),
        3,
      ),
    ),
    lateRatio: share(sum('late'), sent),
    blockedRatio: share(sum('blocked'), sent),
    histogram: encodeHistogram(latency),
  };
};

/**
 * A target that falls behind answers all the same, but later: what it answers a second shows by the answers that came in the phase's own time, and by the time
 * from the first of its own to the last. The first does not hold one slow answer against it, the second does not take the wait that each has for slowness.
 */
const throughputOf = (seconds: number, parts: readonly StageRecord[]): number => {
  const sum = (field: 'ok' | 'answered'): number => parts.reduce((total, part) => total + part[field], 0);
  const firstMs = Math.min(...parts.map(({ firstOkMs }) => firstOkMs ?? Infinity));
  const span = Math.max(seconds, ...parts.map(({ lastOkMs }) => (lastOkMs - firstMs) / 1000));
  return Math.min(sum('ok') / seconds, Math.max(sum('answered') / seconds, sum('ok') / span));
};

export const latencyOf = (histogram: Histogram): Latency => ({
  p50: percentileMs(histogram, 50),
  p90: percentileMs(histogram, 90),
  p95: percentileMs(histogram, 95),
  p99: percentileMs(histogram, 99),
  p999: percentileMs(histogram, 99.9),
  max: histogram.totalCount === 0 ? null : histogram.maxValue / 1000,
  mean: histogram.totalCount === 0 ? null : histogram.mean / 1000,
});

export const measureSlices = (stages: readonly Stage[], workers: readonly Recorded[], sliceMs: number): readonly SliceResult[] => {
  const groups = Map.groupBy(
    workers.flatMap(({ slices }) => slices),
    ({ stage, slice }) => slice * stages.length + stage,
  );
  const ends = stages.map((_, index) => stages.slice(0, index + 1).reduce((sum, { seconds }) => sum + seconds, 0));
  return [...groups.values()]
    .map((parts) => sliceOf(parts as [SliceRecord, ...SliceRecord[]], stages, ends, sliceMs))
    .toSorted((a, b) => a.at - b.at);
};

/** A slice that a phase begins or ends in is shorter: only that phase's part of it. */
const sliceOf = (
  parts: readonly [SliceRecord, ...SliceRecord[]],
  stages: readonly Stage[],
  ends: readonly number[],
  sliceMs: number,
): SliceResult => {
  const { stage, slice } = parts[0];
  const from = Math.max((slice * sliceMs) / 1000, ends[stage - 1] ?? 0);
  const to = Math.min(((slice + 1) * sliceMs) / 1000, ends[stage] ?? 0);
  const sum = (field: 'sent' | 'ok' | 'failed' | 'late'): number => parts.reduce((total, part) => total + part[field], 0);
  const latency = mergeHistograms(
    parts.flatMap((part) => part.latency ?? []),
    2,
  );
  return {
    at: from,
    phase: stages[stage]?.name ?? '',
    seconds: Math.max(0.001, to - from),
    sent: sum('sent'),
    ok: sum('ok'),
    failed: sum('failed'),
    late: sum('late'),
    p50: percentileMs(latency, 50),
    p99: percentileMs(latency, 99),
    max: latency.totalCount === 0 ? null : latency.maxValue / 1000,
    delayMaxMs: Math.max(...parts.map((part) => part.delayMaxMs)),
  };
};

/** The generator's samples with the machine's: utilisation is that of the busiest worker, CPU is of all of them together. */
export const measureSaturation = (
  workers: readonly LoadDone[],
  machineBySlice: ReadonlyMap<number, number>,
  sliceMs: number,
): Measured['saturation'] => {
  const groups = Map.groupBy(
    workers.flatMap(({ samples }) => samples),
    ({ slice }) => slice,
  );
  return [...groups]
    .toSorted(([a], [b]) => a - b)
    .map(([slice, samples]) => ({
      at: ((slice + 0.5) * sliceMs) / 1000,
      eventLoop: Math.max(...samples.map(({ eventLoop }) => eventLoop)),
      generatorCpu: samples.reduce((sum, { cpu }) => sum + cpu, 0),
      machineCpu: machineBySlice.get(slice) ?? null,
      inFlight: samples.reduce((sum, { inFlight }) => sum + inFlight, 0),
      waiting: samples.reduce((sum, { waiting }) => sum + waiting, 0),
    }));
};

const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

const addUp = (counts: readonly Readonly<Record<string, number>>[]): Record<string, number> => {
  const sums: Record<string, number> = {};
  for (const each of counts) for (const [name, count] of Object.entries(each)) sums[name] = (sums[name] ?? 0) + count;
  return sums;
};
