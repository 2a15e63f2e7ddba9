// A run beside an earlier one: ratios new / old, and how far they move when the slices of both are drawn again.

export type ComparedFigure = {
  readonly phase: string;
  readonly figure: 'p50' | 'p99' | 'throughput';
  readonly before: number;
  readonly after: number;
  readonly ratio: number;
  /** 95 % of the ratios of resampled slices lie between. */
  readonly low: number;
  readonly high: number;
  /** `unsure`: worse beyond the tolerance, and within the noise. */
  readonly change: 'worse' | 'better' | 'same' | 'unsure';
};

export type CompareResult = {
  readonly with: string;
  readonly tolerance: number;
  readonly figures: readonly ComparedFigure[];
  /** Why there is no saying: another plan, too few slices, a generator that was late. */
  readonly problems: readonly string[];
  readonly regressed: 'no' | 'yes' | 'unproven';
};
