// What the search for the highest rate found, probe by probe.

export type ProbeOutcome = 'holds' | 'missed' | 'unproven';

export type Probe = {
  readonly ratePerSecond: number;
  readonly purpose: 'double' | 'bisect' | 'confirm' | 'lower';
  readonly outcome: ProbeOutcome;
  readonly p50: number | null;
  readonly p99: number | null;
  readonly errorShare: number;
  readonly lateRatio: number;
  /** What was missed or unproven, in words. */
  readonly because: string | null;
};

export type CapacityResult = {
  readonly probes: readonly Probe[];
  /** The highest rate at which the gates held, and held again; null: at none. */
  readonly ratePerSecond: number | null;
  /** The lowest rate above it at which they did not; null: none was found. */
  readonly missedAtPerSecond: number | null;
  /** `found`; `generator`: it could not go on, so that the target may hold more; `bound`: --most-rate was reached; `none`: not even the lowest rate; `unsteady`: it held once, and not again; `time`: --most-duration was over before either. */
  readonly ended: 'found' | 'generator' | 'bound' | 'none' | 'unsteady' | 'time';
  /** p99 of the probes at the rate that was found. */
  readonly repeatsP99Ms: readonly number[];
};
