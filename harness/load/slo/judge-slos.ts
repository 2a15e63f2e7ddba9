// Gates against what was measured. What was seen to be wrong is missed; green needs enough samples and a generator that kept its times.
import type { GateResult, Latency, LoadVerdict, PhaseResult } from '../result.ts';
import { decodeHistogram, percentileMs } from '../worker/histogram.ts';
import { compare, isLatency, type Slo, unitOf } from './slo.ts';

/** More arrivals than this over 10 ms late, and the target did not get the traffic that the plan says. */
export const lateRatioAtMost = 0.02;
/** So many requests must lie above a percentile, or it is a matter of one or two of them. */
const samplesAbove = 3;

/** Each gate in each phase that it is for; one without a phase is for all but the warm-up. */
export const judgeSlos = (slos: readonly Slo[], phases: readonly PhaseResult[]): readonly GateResult[] =>
  slos.flatMap((slo) =>
    phases
      .filter(({ name, kind, plannedPerSecond }) => (slo.phase === null ? kind !== 'warm-up' && plannedPerSecond > 0 : name === slo.phase))
      .map((phase) => judgeSlo(slo, phase)),
  );

const judgeSlo = (slo: Slo, phase: PhaseResult): GateResult => {
  const measured = valueOf(slo, phase, phase.latencyMs);
  const base = { slo: slo.text, phase: phase.name, measured, comparison: slo.comparison, bound: slo.bound, unit: unitOf(slo.metric) };
  const unproven = (because: string): GateResult => ({ ...base, outcome: 'unproven', because });
  if (measured === null)
    return unproven(`no request of ${phase.name} was answered without an error: there is no ${slo.text.split(/[<>]/)[0]}`);
  if (!compare(measured, slo.comparison, slo.bound)) return missed(slo, phase, base, unproven);
  const why = whyNotGreen(slo, phase);
  return why === null ? { ...base, outcome: 'holds', because: null } : unproven(why);
};

/** A late generator adds its own delay to every latency, and takes from a throughput: then only what is wrong without it is proven. */
const missed = (
  slo: Slo,
  phase: PhaseResult,
  base: Omit<GateResult, 'outcome' | 'because'>,
  unproven: (because: string) => GateResult,
): GateResult => {
  if (!isLate(phase) || slo.metric.kind === 'errors') return { ...base, outcome: 'missed', because: null };
  const own = isLatency(slo.metric) ? fromSend(slo, phase) : null;
  if (own !== null && !compare(own, slo.comparison, slo.bound))
    return { ...base, outcome: 'missed', because: `the generator was late, but ${own.toFixed(1)} ms remain when its delay is left out` };
  return unproven(`${lateText(phase)}: the miss may be the generator's own`);
};

/** Requests without which a percentile says little; 1 for what is no percentile. */
export const samplesNeeded = ({ metric }: Slo): number =>
  metric.kind === 'percentile' ? Math.ceil(samplesAbove / (1 - metric.percentile / 100) - 1e-9) : 1;

const whyNotGreen = (slo: Slo, phase: PhaseResult): string | null => {
  if (isLate(phase)) return lateText(phase);
  if (slo.metric.kind !== 'percentile') return phase.sent === 0 ? 'nothing was sent' : null;
  const needed = samplesNeeded(slo);
  const timed = phase.ok + (phase.errors['client_timeout'] ?? 0);
  return timed >= needed ? null : `p${slo.metric.percentile} of ${timed} requests says little: at least ${needed} are needed`;
};

export const isLate = ({ lateRatio }: PhaseResult): boolean => lateRatio > lateRatioAtMost;

export const lateText = ({ name, lateRatio }: PhaseResult): string =>
  `the generator sent ${(lateRatio * 100).toFixed(1)}% of ${name} more than 10 ms late (at most ${lateRatioAtMost * 100}%)`;

const valueOf = ({ metric }: Slo, phase: PhaseResult, latency: Latency): number | null => {
  switch (metric.kind) {
    case 'percentile':
      return percentileMs(decodeHistogram(phase.histogram), metric.percentile);
    case 'mean':
      return latency.mean;
    case 'max':
      return latency.max;
    case 'errors':
      return phase.sent === 0 ? null : phase.errorShare;
    case 'throughput':
      return phase.throughput;
    case 'kept':
      return phase.sent === 0 ? null : phase.throughput / (phase.sent / phase.seconds);
  }
};

/** Percentiles that are not kept are judged by the next lower one that is: what it misses, they miss. */
const fromSend = ({ metric }: Slo, { fromSendMs }: PhaseResult): number | null => {
  if (metric.kind === 'mean' || metric.kind === 'max') return fromSendMs[metric.kind];
  if (metric.kind !== 'percentile') return null;
  const kept = [
    [99.9, 'p999'],
    [99, 'p99'],
    [95, 'p95'],
    [90, 'p90'],
    [50, 'p50'],
  ] as const;
  const lower = kept.find(([percentile]) => percentile <= metric.percentile);
  return lower === undefined ? null : fromSendMs[lower[1]];
};

export const verdictOf = (gates: readonly GateResult[], doubts: readonly string[], regressed: 'no' | 'yes' | 'unproven'): LoadVerdict => {
  if (gates.some(({ outcome }) => outcome === 'missed') || regressed === 'yes') return 'fail';
  const isDoubtful =
    doubts.length > 0 || regressed === 'unproven' || gates.length === 0 || gates.some(({ outcome }) => outcome === 'unproven');
  return isDoubtful ? 'inconclusive' : 'pass';
};
