// Quantiles and fractions of classic histograms: cumulative buckets with upper bounds, linear inside a bucket.
// Source of the rules: https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile

export type Bucket = { readonly upperBound: number; count: number };

/** What had to be repaired; null if the counts rose as they must. */
export type Repair = { readonly minBucket: number; readonly maxBucket: number; readonly maxDifference: number };

/** Differences below this share are noise of floating point and not worth a word. */
const smallDifference = 1e-12;

const almostEqual = (a: number, b: number): boolean => {
  if (a === b) return true;
  const size = Math.abs(a) + Math.abs(b);
  const difference = Math.abs(a - b);
  return a === 0 || b === 0 || size < Number.MIN_VALUE
    ? difference < smallDifference * Number.MIN_VALUE
    : difference / size < smallDifference;
};

/** Sorted, equal bounds added up; null without a bucket for everything. */
export const sortBuckets = (buckets: readonly Bucket[]): Bucket[] | null => {
  const sorted = buckets.toSorted((a, b) => a.upperBound - b.upperBound);
  if (sorted.at(-1)?.upperBound !== Infinity) return null;
  const merged: Bucket[] = [];
  for (const { upperBound, count } of sorted) {
    const last = merged.at(-1);
    if (last?.upperBound === upperBound) last.count += count;
    else merged.push({ upperBound, count });
  }
  return merged;
};

/** Raises each count to the one before it, in place. */
export const forceMonotonic = (buckets: readonly Bucket[]): Repair | null => {
  let repair = null as Repair | null;
  let before = buckets[0]!.count;
  for (const bucket of buckets.slice(1)) {
    const { count, upperBound } = bucket;
    if (count === before) continue;
    if (almostEqual(before, count)) bucket.count = before;
    else if (count < before) {
      bucket.count = before;
      repair = {
        minBucket: Math.min(repair?.minBucket ?? Infinity, upperBound),
        maxBucket: Math.max(repair?.maxBucket ?? -Infinity, upperBound),
        maxDifference: Math.max(repair?.maxDifference ?? 0, before - count),
      };
    } else before = count;
  }
  return repair;
};

const interpolate = (buckets: readonly Bucket[], q: number): number => {
  const last = buckets.length - 1;
  const rank = q * buckets[last]!.count;
  const reached = buckets.findIndex(({ count }) => count >= rank);
  const index = reached < 0 ? last : Math.min(reached, last);
  // In the last bucket there is nothing to interpolate to; in the first, nothing to interpolate from below 0.
  if (index === last) return buckets[last - 1]!.upperBound;
  if (index === 0 && buckets[0]!.upperBound <= 0) return buckets[0]!.upperBound;
  const { upperBound, count } = buckets[index]!;
  const start = index > 0 ? buckets[index - 1]!.upperBound : 0;
  const below = index > 0 ? buckets[index - 1]!.count : 0;
  return start + (upperBound - start) * ((rank - below) / (count - below));
};

export const bucketQuantile = (q: number, buckets: readonly Bucket[]): { readonly quantile: number; readonly repair: Repair | null } => {
  const of = (quantile: number, repair: Repair | null = null): { quantile: number; repair: Repair | null } => ({ quantile, repair });
  if (Number.isNaN(q)) return of(NaN);
  if (q < 0) return of(-Infinity);
  if (q > 1) return of(Infinity);
  const sorted = sortBuckets(buckets);
  if (sorted === null) return of(NaN);
  const repair = forceMonotonic(sorted);
  return sorted.length < 2 || sorted.at(-1)!.count === 0 ? of(NaN, repair) : of(interpolate(sorted, q), repair);
};

/** Observations up to `value`. */
const rankOf = (buckets: readonly Bucket[], value: number): number => {
  const total = buckets.at(-1)!.count;
  let start = buckets[0]!.upperBound <= 0 ? -Infinity : 0;
  let below = 0;
  for (const { upperBound, count } of buckets) {
    if (start >= value) return Math.min(below, total);
    if (upperBound > value) {
      const rank = start === -Infinity ? count : below + ((count - below) * (value - start)) / (upperBound - start);
      return rank > total ? total : rank;
    }
    start = upperBound;
    below = count;
  }
  return total;
};

/** The share of observations between the two values. */
export const bucketFraction = (lower: number, upper: number, buckets: readonly Bucket[]): number => {
  const sorted = sortBuckets(buckets);
  if (sorted === null || sorted.at(-1)!.count === 0 || Number.isNaN(lower) || Number.isNaN(upper)) return NaN;
  if (lower >= upper) return 0;
  return (rankOf(sorted, upper) - rankOf(sorted, lower)) / sorted.at(-1)!.count;
};
