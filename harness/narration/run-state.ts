// What is known of a running scenario, and the figures that it comes to at a moment. Pure: time comes in, nothing is sent.
import type { DriverProgress } from '../engine/parts.ts';
import type { Phase } from '../scenario/scenario.ts';
import { type HarnessSignal, harnessSignals } from './harness-signals.ts';
import { askedRateAt, drainPhase, phaseOf } from './moments.ts';

export type Histogram = NonNullable<DriverProgress['latency']>;
export type Point = { readonly attributes: Readonly<Record<string, string>>; readonly value: number | Histogram };
export type Figure = { readonly signal: HarnessSignal; readonly points: readonly Point[] };

export type RunState = {
  readonly phases: readonly Phase[];
  /** Ascending, in milliseconds from the zero. */
  readonly intendedAtMs: readonly number[];
  /** null: the traffic has not been sent off. */
  readonly zeroAt: number | null;
  readonly isOver: boolean;
  readonly progress: DriverProgress | null;
  readonly faultsAtWork: number;
  readonly exportFailures: { readonly metrics: number; readonly logs: number };
};

/** Counters stand at 0 from the first export on, so that their first increase is not lost. */
export const figuresAt = (state: RunState, atMs: number): readonly Figure[] => {
  const { planned, sent, done, latency, phase, phaseRate, faultsAtWork, exportFailures } = harnessSignals;
  const outcome = (name: 'ok' | 'failed' | 'unknown'): Point => point(state.progress?.[name] ?? 0, { 'faultline.outcome': name });
  const failed = (signal: 'metrics' | 'logs'): Point => point(state.exportFailures[signal], { 'faultline.telemetry.signal': signal });
  const current = state.zeroAt === null || state.isOver ? null : phaseOf(state.phases, state.zeroAt, atMs);
  const latencies = state.progress?.latency ?? null;
  return [
    { signal: planned, points: [point(plannedBy(state, atMs))] },
    { signal: sent, points: [point(state.progress?.sent ?? 0)] },
    { signal: done, points: [outcome('ok'), outcome('failed'), outcome('unknown')] },
    { signal: latency, points: latencies === null ? [] : [{ attributes: {}, value: latencies }] },
    { signal: phase, points: phasePoints(state.phases, current) },
    { signal: phaseRate, points: [point(state.zeroAt === null || state.isOver ? 0 : askedRateAt(state.phases, state.zeroAt, atMs))] },
    { signal: faultsAtWork, points: [point(state.faultsAtWork)] },
    { signal: exportFailures, points: [failed('metrics'), failed('logs')] },
  ];
};

const point = (value: number, attributes: Point['attributes'] = {}): Point => ({ attributes, value });

const phasePoints = (phases: readonly Phase[], current: Phase | typeof drainPhase | null): readonly Point[] => {
  const now = current === null || current === drainPhase ? current : current.name;
  return [...phases.map(({ name }) => name), drainPhase].map((name) => point(name === now ? 1 : 0, { 'faultline.phase': name }));
};

/** How many intended times have come: by halving, for there are up to a million. */
const plannedBy = ({ intendedAtMs, zeroAt }: RunState, atMs: number): number => {
  if (zeroAt === null) return 0;
  const sinceZeroMs = atMs - zeroAt;
  let [low, high] = [0, intendedAtMs.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (intendedAtMs[middle]! <= sinceZeroMs) low = middle + 1;
    else high = middle;
  }
  return low;
};
