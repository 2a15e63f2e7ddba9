// Spans in, series out: the first stage of a metrics query, then topk and bottomk.
import { attributeText } from '../field-text.ts';
import { durationNanos } from '../intrinsics.ts';
import type { Attribute, MetricsStage } from '../query.ts';
import { readerOf } from '../read-attribute.ts';
import type { SpanNode } from '../trace-index.ts';
import { float, nil, numberOf, text } from '../value.ts';
import { createGroups } from './groups.ts';
import type { Group } from './groups.ts';
import type { Intervals } from './intervals.ts';
import { bucketAbove } from './log2-buckets.ts';
import { rank } from './rank.ts';
import type { Label, Series } from './series.ts';

const isDuration = (attribute: Attribute): boolean => attribute.scope === 'intrinsic' && attribute.name === 'duration';

/** What the function is of: durations of spans in seconds, of attributes as they are. */
const measured = (attribute: Attribute | null): ((node: SpanNode) => number) => {
  if (attribute === null) return () => Number.NaN;
  if (isDuration(attribute)) return (node) => durationNanos(node) / 1e9;
  const read = readerOf(attribute);
  return (node) => numberOf(read(node));
};

/** The bucket in seconds for durations; null: the span is not counted. Floats have none. */
const bucketOf = (attribute: Attribute): ((node: SpanNode) => number | null) => {
  const read = readerOf(attribute);
  return (node) => {
    const value = read(node);
    if (value.type !== 'int' && value.type !== 'duration') return null;
    const bound = bucketAbove(Number(value.value));
    return bound === null || value.type === 'int' ? bound : bound / 1e9;
  };
};

const groupingLabels = (by: readonly Attribute[]): ((node: SpanNode) => Label[]) => {
  const readers = by.map((attribute) => ({ name: attributeText(attribute), read: readerOf(attribute) }));
  return (node) =>
    readers.flatMap(({ name, read }): Label[] => {
      const value = read(node);
      // Tempo has no array in a label: it is there, and nil.
      return value.type === 'nil' ? [] : [[name, value.type === 'array' ? nil : value]];
    });
};

export type Observer = {
  observe(node: SpanNode): void;
  /** A span of the query as an example of its series. */
  addExemplar(node: SpanNode, labels: readonly Label[]): void;
  result(): readonly Series[];
};

export const createObserver = (stage: MetricsStage, intervals: Intervals): Observer => {
  const { operator, attribute, by, ranks } = stage;
  const hasBuckets = operator === 'quantile_over_time' || operator === 'histogram_over_time';
  const bucket = attribute !== null && hasBuckets ? bucketOf(attribute) : null;
  const measure = measured(attribute);
  const grouping = groupingLabels(by);
  const groups = createGroups(stage, intervals);
  // A series has one label at least: the first that was asked for, or the function's name.
  const atLeast: Label = by[0] === undefined ? ['__name__', text(operator)] : [attributeText(by[0]), nil];

  const labelsOf = (node: SpanNode, bound: number | null): readonly Label[] => {
    const labels = grouping(node);
    if (operator === 'histogram_over_time' && bound !== null) labels.push(['__bucket', float(bound)]);
    return labels.length > 0 || operator === 'quantile_over_time' ? labels : [atLeast];
  };
  const find = (node: SpanNode): { readonly group: Group; readonly bound: number | null } | null => {
    const bound = bucket === null ? null : bucket(node);
    return bucket !== null && bound === null ? null : { group: groups.of(labelsOf(node, bound)), bound };
  };

  return {
    observe(node) {
      const interval = intervals.of(node.span.startTimeUnixNano);
      const found = interval === -1 ? null : find(node);
      if (found === null) return;
      if (found.group.buckets !== null) found.group.buckets.add(interval, found.bound ?? Number.NaN);
      else found.group.accumulator.add(interval, measure(node));
    },
    addExemplar(node, labels) {
      const timestampMs = Number(node.span.startTimeUnixNano / 1_000_000n);
      find(node)?.group.exemplars.push({ labels, value: measure(node), timestampMs });
    },
    result() {
      // Without labels there is one series, of zeros where nothing was found.
      if (by.length === 0 && !hasBuckets) groups.of([atLeast]);
      return ranks.reduce<readonly Series[]>(rank, groups.series());
    },
  };
};
