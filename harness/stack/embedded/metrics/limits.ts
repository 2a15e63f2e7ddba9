// The bounds of the store. Everything that is not kept for them is counted by reason.
import { keptForMs } from '../kept-for.ts';

export type MetricLimits = {
  /** Samples older than this, seen from the time of receipt, are dropped. */
  readonly retentionMs: number;
  /** Past it the oldest samples of all series go first. Series alone may take a part of it (series-room.ts). */
  readonly maxBytes: number;
  /** Past it, or past their part of the bytes, new series are refused, unless others that ended can make way. */
  readonly maxSeries: number;
  /** How much older than its series' newest sample a late one may be. */
  readonly outOfOrderWindowMs: number;
  /** Resource attributes that become labels of every series. */
  readonly promotedAttributes: readonly string[];
};

export const defaultMetricLimits: MetricLimits = {
  retentionMs: keptForMs,
  maxBytes: 256 * 1024 * 1024,
  maxSeries: 100_000,
  outOfOrderWindowMs: 300_000,
  promotedAttributes: ['faultline.run', 'faultline.scenario'],
};

/** A sample further ahead than this has a broken clock, as Prometheus sees it. */
export const maxFutureMs = 600_000;

export const dropReasons = {
  retention: 'Samples that grew older than the retention.',
  bytes: 'Samples that went because the store was full, of samples or of series.',
  duplicate: 'Samples that were there already, with the same value.',
  conflict: 'Samples refused because their time already had another value.',
  late: 'Samples refused as older than the out-of-order window, or than the retention.',
  future: 'Samples refused as more than ten minutes ahead.',
  series: 'Samples refused because their series would have been one too many.',
  temporality: 'Data points refused for delta (or unstated) temporality.',
  exponential: 'Data points of exponential histograms, which are not supported.',
  invalid: 'Data points refused for not being what OTLP says, or for a name without letters.',
} as const;

export type DropReason = keyof typeof dropReasons;

export type DropCounts = Record<DropReason, number>;

export const noDrops = (): DropCounts => Object.fromEntries(Object.keys(dropReasons).map((reason) => [reason, 0])) as DropCounts;
