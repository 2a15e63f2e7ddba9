// Latencies counted in fixed buckets, as a histogram in Prometheus has them: totals that only grow, so that any stretch of a run can be asked for later.
import type { DriverProgress } from './progress.ts';

/** Seconds, each the upper end of its bucket; fine around what budgets ask for. */
const boundsSeconds = [
  0.001, 0.0025, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.04, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 2, 5, 10, 30, 60,
] as const;

export type LatencyBuckets = {
  record(seconds: number): void;
  counted(): DriverProgress['latency'];
};

export const createLatencyBuckets = (): LatencyBuckets => {
  const counts = Array.from({ length: boundsSeconds.length + 1 }, () => 0);
  let sumSeconds = 0;
  return {
    record: (seconds) => {
      const index = boundsSeconds.findIndex((bound) => seconds <= bound);
      counts[index < 0 ? boundsSeconds.length : index]! += 1;
      sumSeconds += Math.max(0, seconds);
    },
    counted: () => ({ boundsSeconds, counts: [...counts], sumSeconds }),
  };
};
