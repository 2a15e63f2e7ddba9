// Aggregations over the series of one moment.
import { noLabels, omitLabels, pickLabels } from '../../../promql/labels.ts';
import type { Labels } from '../../../promql/labels.ts';
import type { Grouping, VectorAggregation } from '../syntax/ast.ts';
import { withoutEmpty } from './sample.ts';
import type { Sample, Vector } from './sample.ts';

type Fold = (values: readonly number[]) => number;

const extreme =
  (isBetter: (value: number, best: number) => boolean): Fold =>
  (values) =>
    values.reduce((best, value) => (isBetter(value, best) || Number.isNaN(best) ? value : best));

const mean: Fold = (values) => values.reduce((average, value, index) => average + (value - average) / (index + 1), 0);

const variance: Fold = (values) => {
  let [average, squares] = [values[0]!, 0];
  values.slice(1).forEach((value, index) => {
    const delta = value - average;
    average += delta / (index + 2);
    squares += delta * (value - average);
  });
  return squares / values.length;
};

const folds: Readonly<Record<'sum' | 'avg' | 'count' | 'max' | 'min' | 'stddev' | 'stdvar', Fold>> = {
  sum: (values) => values.reduce((total, value) => total + value),
  avg: mean,
  count: (values) => values.length,
  max: extreme((value, best) => value > best),
  min: extreme((value, best) => value < best),
  stdvar: variance,
  stddev: (values) => Math.sqrt(variance(values)),
};

const descending = (left: Sample, right: Sample): number => {
  if (Number.isNaN(left.value) || Number.isNaN(right.value)) return Number(Number.isNaN(left.value)) - Number(Number.isNaN(right.value));
  return right.value - left.value;
};

/** The group of each series, worked out once. */
const createGrouper = ({ without, labels }: Grouping): ((sample: Sample) => Labels) => {
  if (labels.length === 0 && !without) return () => noLabels;
  const names = new Set(labels);
  const known = new Map<string, Labels>();
  return (sample) => {
    const found =
      known.get(sample.labels.key) ?? (without ? withoutEmpty(omitLabels(sample.labels, names)) : pickLabels(sample.labels, names));
    known.set(sample.labels.key, found);
    return found;
  };
};

const ascending = (left: Sample, right: Sample): number => -descending(left, right);

const order = { topk: descending, sort_desc: descending, bottomk: ascending, sort: ascending } as const;

export const createAggregator = ({ operation, count, grouping }: VectorAggregation): ((vector: Vector) => Vector) => {
  const groupOf = createGrouper(grouping);
  return (vector) => {
    const groups = new Map<string, { readonly labels: Labels; readonly samples: Sample[] }>();
    for (const sample of vector) {
      const labels = groupOf(sample);
      const group = groups.get(labels.key) ?? { labels, samples: [] };
      if (group.samples.length === 0) groups.set(labels.key, group);
      group.samples.push(sample);
    }
    if (operation === 'topk' || operation === 'bottomk' || operation === 'sort' || operation === 'sort_desc') {
      const most = operation.startsWith('sort') ? Infinity : count;
      return [...groups.values()].flatMap(({ samples }) => samples.toSorted(order[operation]).slice(0, most));
    }
    const fold = folds[operation];
    return [...groups.values()].map(({ labels, samples }) => ({ labels, value: fold(samples.map(({ value }) => value)) }));
  };
};
