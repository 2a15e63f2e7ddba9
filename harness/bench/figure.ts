// A measured figure beside what it was measured against, and the small arithmetic over rounds.

/** `ratio` is value / against, or the median of pairs. `holds` is null where no bound is stated, or where there was nothing to measure against. */
export type Figure = {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly against: { readonly what: string; readonly value: number } | null;
  readonly ratio: number | null;
  readonly bound: string | null;
  readonly holds: boolean | null;
};

export type Bound = { readonly of: 'ratio' | 'value'; readonly atLeast?: number; readonly atMost?: number };

/** `measuredRatio`: where pairs were measured, their median says more than that of two medians. */
export const figure = (
  name: string,
  value: number,
  unit: string,
  against: Figure['against'],
  bound: Bound | null,
  measuredRatio?: number,
): Figure => {
  const ratio = against === null || against.value === 0 ? null : (measuredRatio ?? value / against.value);
  const isUnknown = bound === null || (bound.of === 'ratio' && against === null);
  return {
    name,
    value,
    unit,
    against,
    ratio,
    bound: bound === null ? null : boundText(bound),
    holds: isUnknown ? null : holds(bound, value, ratio),
  };
};

const boundText = (bound: Bound): string => {
  if (bound.atLeast !== undefined && bound.atMost !== undefined) return `${bound.of} from ${bound.atLeast} to ${bound.atMost}`;
  const side = bound.atLeast === undefined ? `at most ${bound.atMost}` : `at least ${bound.atLeast}`;
  return `${bound.of} ${side}`;
};

const holds = (bound: Bound, value: number, ratio: number | null): boolean => {
  const measured = bound.of === 'value' ? value : ratio;
  if (measured === null || !Number.isFinite(measured)) return false;
  return measured >= (bound.atLeast ?? -Infinity) && measured <= (bound.atMost ?? Infinity);
};

/** The middle one of an odd number of rounds, the mean of the two middle ones of an even number. NaN of none. */
export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? (sorted[Math.floor(middle)] ?? NaN) : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
};
