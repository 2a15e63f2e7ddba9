// From a time range to a step, and from a step to a rate interval: the arithmetic of Grafana's Prometheus datasource (docs: "$__rate_interval"; pkg/promlib/models/query.go).

/** [below, becomes] in milliseconds: Grafana's ladder of round steps. */
const ladder: readonly (readonly [number, number])[] = [
  [10, 1],
  [15, 10],
  [35, 20],
  [75, 50],
  [150, 100],
  [350, 200],
  [750, 500],
  [1_500, 1_000],
  [3_500, 2_000],
  [7_500, 5_000],
  [12_500, 10_000],
  [17_500, 15_000],
  [25_000, 20_000],
  [45_000, 30_000],
  [90_000, 60_000],
  [210_000, 120_000],
  [450_000, 300_000],
  [750_000, 600_000],
  [1_050_000, 900_000],
  [1_500_000, 1_200_000],
  [2_700_000, 1_800_000],
  [5_400_000, 3_600_000],
  [9_000_000, 7_200_000],
  [16_200_000, 10_800_000],
  [32_400_000, 21_600_000],
  [86_400_000, 43_200_000],
  [604_800_000, 86_400_000],
  [1_814_400_000, 604_800_000],
  [3_628_800_000, 2_592_000_000],
];

const longestMs = 31_536_000_000;

export const roundIntervalMs = (intervalMs: number): number => ladder.find(([below]) => intervalMs < below)?.[1] ?? longestMs;

/** Prometheus refuses more than 11,000 points a series. */
const safePoints = 11_000;

/** The step for a panel of so many points: no finer than `leastMs`, no more points than Prometheus gives. */
export const stepMs = (rangeMs: number, points: number, leastMs: number): number => {
  const wanted = Math.max(rangeMs, 1) / Math.max(points, 1);
  const chosen = wanted < leastMs ? leastMs : roundIntervalMs(wanted);
  const safe = Math.max(rangeMs, 1) / safePoints;
  return chosen >= safe ? chosen : (ladder.find(([, step]) => step >= safe)?.[1] ?? longestMs);
};

/** $__rate_interval: at least four samples, and one more than the step, so that neighbouring windows overlap by a sample. */
export const rateIntervalMs = (step: number, scrapeMs: number): number => Math.max(step + scrapeMs, 4 * scrapeMs);
