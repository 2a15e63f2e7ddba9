// The series of a metrics query while spans come in, by their labels; bounded in number times steps.
import type { MetricsStage } from '../query.ts';
import { float } from '../value.ts';
import { createAccumulator, createBucketSteps } from './accumulate.ts';
import type { Accumulator, BucketSteps } from './accumulate.ts';
import type { Intervals } from './intervals.ts';
import { quantile } from './log2-buckets.ts';
import { labelsKey } from './series.ts';
import type { Exemplar, Label, Series } from './series.ts';

export class TooManySeries extends Error {
  constructor(values: number) {
    super(`the query would make more than ${values} values (series times steps); group by fewer labels or take a longer step`);
    this.name = 'TooManySeries';
  }
}

/** 16 MB at the most. */
const maxValues = 1_000_000;

export type Group = {
  readonly labels: readonly Label[];
  readonly accumulator: Accumulator;
  /** Of quantiles. */
  readonly buckets: BucketSteps | null;
  readonly exemplars: Exemplar[];
};

export type Groups = {
  /** Throws TooManySeries. */
  of(labels: readonly Label[]): Group;
  series(): readonly Series[];
};

export const createGroups = ({ operator, quantiles }: MetricsStage, intervals: Intervals): Groups => {
  const stepSeconds = Number(intervals.stepNano) / 1e9;
  const groups = new Map<string, Group>();
  // A group becomes a series for each of its quantiles.
  const valuesEach = intervals.count * Math.max(1, quantiles.length);
  const create = (labels: readonly Label[]): Group => {
    if ((groups.size + 1) * valuesEach > maxValues) throw new TooManySeries(maxValues);
    const buckets = operator === 'quantile_over_time' ? createBucketSteps(intervals.count) : null;
    return { labels, accumulator: createAccumulator(operator, intervals.count, stepSeconds), buckets, exemplars: [] };
  };
  const seriesOf = ({ labels, accumulator, buckets, exemplars }: Group): readonly Series[] => {
    if (buckets === null) return [{ labels, values: accumulator.values(), exemplars }];
    return quantiles.map((q) => ({
      labels: [...labels, ['p', float(q)] as const],
      values: buckets.steps.map((step) => quantile(step, q)),
      exemplars,
    }));
  };
  return {
    of(labels) {
      const key = labelsKey(labels);
      const group = groups.get(key) ?? create(labels);
      groups.set(key, group);
      return group;
    },
    series: () => [...groups.values()].flatMap(seriesOf),
  };
};
