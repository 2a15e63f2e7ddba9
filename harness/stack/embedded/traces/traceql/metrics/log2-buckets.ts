// Buckets whose bounds are powers of two, and quantiles between them: what Tempo makes of quantile_over_time and histogram_over_time.

/** The bound above; null: too small for a bucket. */
export const bucketAbove = (value: number): number | null => (value < 2 ? null : 2 ** Math.ceil(Math.log2(value)));

/** Counts by upper bound. */
export type Buckets = Map<number, number>;

/** The bucket in which the wanted number of samples is reached, how many of it are still wanted, and the bound below it. */
const locate = (sorted: readonly (readonly [number, number])[], wanted: number) => {
  let seen = 0;
  let below: number | null = null;
  for (const [bound, count] of sorted) {
    if (seen + count >= wanted) return { bound, below, share: (wanted - seen) / count };
    seen += count;
    below = bound;
  }
  return null;
};

/** Interpolated on a logarithmic scale; 0 where nothing was counted. */
export const quantile = (buckets: Buckets, q: number): number => {
  const sorted = [...buckets].sort(([one], [other]) => one - other);
  const total = sorted.reduce((sum, [, count]) => sum + count, 0);
  const found = locate(sorted, Math.max(1, Math.ceil(q * total)));
  if (found === null) return 0;
  if (found.share === 1) return found.bound;
  const high = Math.log2(found.bound);
  const low = found.below === null ? high - 1 : Math.log2(found.below);
  return 2 ** (low + (high - low) * found.share);
};
