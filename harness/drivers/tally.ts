// Running totals of a run, with latencies by phase in HDR histograms: exact enough for a p99.9, and of fixed size.
import { build, type Histogram } from 'hdr-histogram-js';
import type { Operation } from '../history/operation.ts';
import { createLatencyBuckets } from './latency-buckets.ts';
import type { DriverProgress, PhaseProgress } from './progress.ts';

type PhaseTally = { done: number; ok: number; failed: number; unknown: number; latency: Histogram };

export type Tally = {
  handed(latenessMs: number): void;
  ended(operation: Operation): void;
  /** Only the first is kept: the others say the same. */
  unreadable(message: string): void;
  /** `atMs` since the run's zero. */
  progress(atMs: number): DriverProgress;
};

const longestUs = 120_000_000;

export const createTally = (phases: readonly string[]): Tally => {
  const tallies = new Map(phases.map((phase) => [phase, newTally()]));
  const buckets = createLatencyBuckets();
  let sent = 0;
  let latenessMaxMs = 0;
  let unreadable: string | undefined;
  return {
    handed: (latenessMs) => {
      sent += 1;
      latenessMaxMs = Math.max(latenessMaxMs, latenessMs);
    },
    ended: ({ phase, outcome, intendedAt, doneAt }) => {
      const tally = tallies.get(phase) as PhaseTally;
      tally.done += 1;
      tally[outcome] += 1;
      if (outcome !== 'ok') return;
      tally.latency.recordValue(Math.min(longestUs, Math.max(1, Math.round((doneAt - intendedAt) * 1000))));
      buckets.record((doneAt - intendedAt) / 1000);
    },
    unreadable: (message) => void (unreadable ??= message),
    progress: (atMs) => {
      const all = [...tallies].map(([phase, tally]) => phaseProgress(phase, tally));
      const sum = (field: 'done' | 'ok' | 'failed' | 'unknown'): number => all.reduce((total, phase) => total + phase[field], 0);
      const done = sum('done');
      return {
        type: 'progress',
        atMs,
        sent,
        done,
        ok: sum('ok'),
        failed: sum('failed'),
        unknown: sum('unknown'),
        inFlight: sent - done,
        latenessMaxMs,
        phases: all,
        latency: buckets.counted(),
        ...(unreadable === undefined ? {} : { unreadable }),
      };
    },
  };
};

const newTally = (): PhaseTally => ({
  done: 0,
  ok: 0,
  failed: 0,
  unknown: 0,
  latency: build({ lowestDiscernibleValue: 1, highestTrackableValue: longestUs, numberOfSignificantValueDigits: 3, bitBucketSize: 32 }),
});

const phaseProgress = (phase: string, { latency, ...counts }: PhaseTally): PhaseProgress => ({
  phase,
  ...counts,
  latencyMs:
    latency.totalCount === 0
      ? null
      : {
          p50: latency.getValueAtPercentile(50) / 1000,
          p99: latency.getValueAtPercentile(99) / 1000,
          p999: latency.getValueAtPercentile(99.9) / 1000,
          max: latency.maxValue / 1000,
        },
});
