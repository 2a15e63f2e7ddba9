// Everything that a worker counts: per phase, and per slice of time. Fixed size for each, however many requests there are.
import type { Histogram } from 'hdr-histogram-js';
import type { Stage } from '../plan/stage.ts';
import { createHistogram, encodeHistogram, percentileMs, recordMs } from './histogram.ts';
import type { SliceRecord, StageRecord } from './protocol.ts';

/** An arrival that is later than this is late: the threshold of the figures in the README. */
export const lateMs = 10;

type Changing<Record> = { -readonly [Key in keyof Record]: Record[Key] };
type StageTally = Changing<Omit<StageRecord, 'errors' | 'latency' | 'fromSend' | 'delay'>> & {
  readonly errors: Record<string, number>;
  readonly latency: Histogram;
  readonly fromSend: Histogram;
  readonly delay: Histogram;
};
type SliceTally = Changing<Omit<SliceRecord, 'latency'>> & { readonly latency: Histogram };

export type Ended = {
  readonly stage: number;
  readonly intendedAtMs: number;
  readonly handedAtMs: number;
  readonly doneAtMs: number;
  /** Null: ok. */
  readonly error: string | null;
  /** Whether the time that it took says something: refusals that come quickly would make a latency look good. */
  readonly isTimed: boolean;
};

export type LoadTally = {
  handed(stage: number, intendedAtMs: number, delayMs: number): void;
  blocked(stage: number, intendedAtMs: number): void;
  retried(stage: number, intendedAtMs: number): void;
  ended(ended: Ended): void;
  /** Of what ended since the last call. */
  recentP99Ms(): number | null;
  readonly totals: { readonly sent: number; readonly ok: number; readonly failed: number; readonly late: number };
  stages(): readonly StageRecord[];
  slices(): readonly SliceRecord[];
};

export const createLoadTally = (plan: readonly Pick<Stage, 'seconds'>[], sliceMs: number): LoadTally => {
  const stageCount = plan.length;
  const stages = plan.map(newStage);
  const endsMs = plan.map((_, index) => 1000 * plan.slice(0, index + 1).reduce((sum, { seconds }) => sum + seconds, 0));
  const slices = new Map<number, SliceTally>();
  const recent = createHistogram(2);
  const totals = { sent: 0, ok: 0, failed: 0, late: 0 };
  const sliceOf = (stage: number, intendedAtMs: number): SliceTally => {
    const slice = Math.floor(intendedAtMs / sliceMs);
    const key = slice * stageCount + stage;
    const known = slices.get(key);
    if (known !== undefined) return known;
    const made = newSlice(stage, slice);
    slices.set(key, made);
    return made;
  };
  const both = (stage: number, intendedAtMs: number, change: (tally: StageTally | SliceTally) => void): void => {
    change(stages[stage] as StageTally);
    change(sliceOf(stage, intendedAtMs));
  };
  return {
    totals,
    handed: (stage, intendedAtMs, delayMs) => {
      const isLate = delayMs > lateMs;
      totals.sent += 1;
      if (isLate) totals.late += 1;
      recordMs((stages[stage] as StageTally).delay, delayMs);
      const slice = sliceOf(stage, intendedAtMs);
      slice.delayMaxMs = Math.max(slice.delayMaxMs, delayMs);
      for (const tally of [stages[stage] as StageTally, slice]) {
        tally.sent += 1;
        if (isLate) tally.late += 1;
      }
    },
    blocked: (stage, intendedAtMs) => both(stage, intendedAtMs, (tally) => (tally.blocked += 1)),
    retried: (stage, intendedAtMs) => both(stage, intendedAtMs, (tally) => (tally.retries += 1)),
    ended: (ended) => {
      totals[ended.error === null ? 'ok' : 'failed'] += 1;
      if (ended.isTimed) recordMs(recent, ended.doneAtMs - ended.intendedAtMs);
      const meanwhile = ended.error === null ? stages[endsMs.findIndex((endMs) => ended.doneAtMs < endMs)] : undefined;
      if (meanwhile !== undefined) meanwhile.answered += 1;
      count(stages[ended.stage] as StageTally, sliceOf(ended.stage, ended.intendedAtMs), ended);
    },
    recentP99Ms: () => {
      const p99 = percentileMs(recent, 99);
      recent.reset();
      return p99;
    },
    stages: () =>
      stages.map(({ latency, fromSend, delay, ...counts }) => ({
        ...counts,
        latency: encodeHistogram(latency),
        fromSend: encodeHistogram(fromSend),
        delay: encodeHistogram(delay),
      })),
    slices: () =>
      [...slices.values()].map(({ latency, ...counts }) => ({
        ...counts,
        latency: latency.totalCount === 0 ? null : encodeHistogram(latency),
      })),
  };
};

const count = (stage: StageTally, slice: SliceTally, { error, isTimed, intendedAtMs, handedAtMs, doneAtMs }: Ended): void => {
  if (error === null) {
    stage.ok += 1;
    stage.firstOkMs = stage.firstOkMs === null ? doneAtMs : Math.min(stage.firstOkMs, doneAtMs);
    stage.lastOkMs = Math.max(stage.lastOkMs, doneAtMs);
    slice.ok += 1;
  } else {
    stage.errors[error] = (stage.errors[error] ?? 0) + 1;
    slice.failed += 1;
  }
  if (!isTimed) return;
  recordMs(stage.latency, doneAtMs - intendedAtMs);
  recordMs(slice.latency, doneAtMs - intendedAtMs);
  recordMs(stage.fromSend, doneAtMs - handedAtMs);
};

const newCounts = () => ({ sent: 0, ok: 0, late: 0, blocked: 0, retries: 0 });

const newStage = (): StageTally => ({
  ...newCounts(),
  answered: 0,
  firstOkMs: null,
  lastOkMs: 0,
  errors: {},
  latency: createHistogram(3),
  fromSend: createHistogram(3),
  delay: createHistogram(3),
});

const newSlice = (stage: number, slice: number): SliceTally => ({
  ...newCounts(),
  stage,
  slice,
  failed: 0,
  delayMaxMs: 0,
  latency: createHistogram(2),
});
