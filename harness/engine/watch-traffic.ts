// Turns what the driver counts into progress for those who watch: the phase of the moment, rates, p99 and the lag. Judges nothing.
import type { Phase } from '../scenario/scenario.ts';
import type { RunningTarget } from '../targets/target.ts';
import type { Clock } from './clock.ts';
import { phaseOffsets } from './fault-schedule.ts';
import type { DriverProgress } from './parts.ts';
import type { OnProgress, TrafficProgress } from './progress.ts';

export type WatchOptions = {
  readonly scenario: string;
  readonly phases: readonly Phase[];
  readonly total: number;
  readonly clock: Clock;
  readonly target: Pick<RunningTarget, 'lag' | 'readAsUser'>;
  readonly onProgress: OnProgress;
};

export type TrafficWatch = {
  begin(zeroAt: number): void;
  heard(progress: DriverProgress): void;
  /** Announces each phase as it begins; every second asks for the lag, and reads once as a user does, until the signal aborts. */
  follow(signal: AbortSignal): Promise<void>;
};

const lagEveryMs = 1000;

export const phaseAt = (phases: readonly Phase[], sinceZeroMs: number): Phase | undefined => {
  const offsets = phaseOffsets(phases);
  return phases.findLast((phase) => (offsets.get(phase.name) ?? 0) <= sinceZeroMs) ?? phases[0];
};

export const createTrafficWatch = ({ scenario, phases, total, clock, target, onProgress }: WatchOptions): TrafficWatch => {
  let zeroAt = clock.now();
  let lag: number | null = null;
  let before = { at: clock.now(), done: 0 };
  let warned = false;
  const heard = (progress: DriverProgress): void => {
    const at = clock.now();
    const ratePerSecond = at <= before.at ? 0 : ((progress.done - before.done) / (at - before.at)) * 1000;
    before = { at, done: progress.done };
    const phase = phaseAt(phases, at - zeroAt)?.name ?? '';
    onProgress({ kind: 'traffic', scenario, traffic: toTraffic(progress, phase, total, ratePerSecond), lag });
    if (warned || progress.unreadable === undefined) return;
    warned = true;
    onProgress({ kind: 'warning', text: progress.unreadable });
  };
  return {
    begin: (at) => {
      zeroAt = at;
      before = { at, done: 0 };
    },
    heard,
    follow: async (signal) => {
      const announced = new Set<string>();
      while (!signal.aborted) {
        const phase = phaseAt(phases, clock.now() - zeroAt);
        if (phase !== undefined && !announced.has(phase.name)) {
          announced.add(phase.name);
          onProgress({ kind: 'phase', scenario, phase: phase.name, seconds: phase.seconds, ratePerSecond: phase.ratePerSecond });
        }
        const [seen] = await Promise.all([target.lag?.().catch(() => null), target.readAsUser?.().catch(() => undefined)]);
        lag = seen ?? null;
        await clock.sleep(lagEveryMs, signal);
      }
    },
  };
};

const toTraffic = (progress: DriverProgress, phase: string, total: number, ratePerSecond: number): TrafficProgress => ({
  phase,
  planned: progress.sent,
  total,
  done: progress.done,
  ok: progress.ok,
  failed: progress.failed,
  unknown: progress.unknown,
  ratePerSecond,
  p99Ms: progress.phases.findLast((entry) => entry.done > 0)?.latencyMs?.p99 ?? null,
});
