// A result as Prometheus writes it: times in seconds, values as text. Written by hand, because a big answer has millions of small arrays.
import type { Point, Result } from '../promql/evaluate.ts';
import { formatFloat } from '../promql/float-text.ts';
import type { Labels } from '../promql/labels.ts';
import { labelsToRecord } from '../promql/labels.ts';

const point = ({ timeMs, value }: Point): string => `[${timeMs / 1000},"${formatFloat(value)}"]`;

const metric = (labels: Labels): string => JSON.stringify(labelsToRecord(labels));

const limited = <T>(items: readonly T[], limit: number): readonly T[] => (limit > 0 ? items.slice(0, limit) : items);

const body = (result: Result, limit: number): string => {
  switch (result.type) {
    case 'scalar':
      return point(result);
    case 'string':
      return `[${result.timeMs / 1000},${JSON.stringify(result.text)}]`;
    case 'vector':
      return `[${limited(result.samples, limit)
        .map((sample) => `{"metric":${metric(sample.labels)},"value":${point(sample)}}`)
        .join(',')}]`;
    case 'matrix':
      return `[${limited(result.series, limit)
        .map(({ labels, points }) => `{"metric":${metric(labels)},"values":[${points.map(point).join(',')}]}`)
        .join(',')}]`;
  }
};

const sizeOf = (result: Result): number => {
  if (result.type === 'vector') return result.samples.length;
  return result.type === 'matrix' ? result.series.length : 0;
};

/** `limit` counts series; 0: all. */
export const resultJson = (result: Result, limit: number): { readonly json: string; readonly truncated: boolean } => ({
  json: `{"resultType":"${result.type}","result":${body(result, limit)}}`,
  truncated: limit > 0 && sizeOf(result) > limit,
});
