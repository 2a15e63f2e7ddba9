// Which series are aggregated together: by (…) keeps the named labels, without (…) drops them and the metric's name.
import type { Labels } from '../labels.ts';
import { metricNameLabel, omitLabels, pickLabels } from '../labels.ts';
import type { Column } from '../engine/value.ts';

export type Grouping = { readonly without: boolean; readonly labels: readonly string[] };

export const groupLabels = (grouping: Grouping): ((labels: Labels) => Labels) => {
  const names = new Set(grouping.without ? [metricNameLabel, ...grouping.labels] : grouping.labels);
  return grouping.without ? (labels) => omitLabels(labels, names) : (labels) => pickLabels(labels, names);
};

export type Groups = { readonly labels: readonly Labels[]; readonly groupOf: readonly number[] };

/** Groups in the order in which their first series comes. */
export const groupColumns = (grouping: Grouping, columns: readonly Column[]): Groups => {
  const labelsOf = groupLabels(grouping);
  const ordinals = new Map<string, number>();
  const labels: Labels[] = [];
  const groupOf = columns.map((column) => {
    const own = labelsOf(column.labels);
    const known = ordinals.get(own.key);
    if (known !== undefined) return known;
    ordinals.set(own.key, labels.length);
    return labels.push(own) - 1;
  });
  return { labels, groupOf };
};
