// A gate: a bound on one figure of a phase. Written as `p99<200ms`, `spike:errors<=1%`, `throughput>950/s`, `throughput>=95%`.

export type SloMetric =
  | { readonly kind: 'percentile'; readonly percentile: number }
  /** `kept`: the throughput as a share of what was sent. */
  | { readonly kind: 'mean' | 'max' | 'errors' | 'throughput' | 'kept' };

export type Comparison = '<' | '<=' | '>' | '>=';

export type Slo = {
  /** As it was written. */
  readonly text: string;
  /** Null: every phase but the warm-up. */
  readonly phase: string | null;
  readonly metric: SloMetric;
  readonly comparison: Comparison;
  /** Milliseconds, a share (0..1), or answers a second. */
  readonly bound: number;
};

export const isLatency = ({ kind }: SloMetric): boolean => kind === 'percentile' || kind === 'mean' || kind === 'max';

export const unitOf = ({ kind }: SloMetric): 'ms' | '' | '/s' => {
  if (kind === 'errors' || kind === 'kept') return '';
  return kind === 'throughput' ? '/s' : 'ms';
};

export const compare = (value: number, comparison: Comparison, bound: number): boolean => {
  switch (comparison) {
    case '<':
      return value < bound;
    case '<=':
      return value <= bound;
    case '>':
      return value > bound;
    case '>=':
      return value >= bound;
  }
};
