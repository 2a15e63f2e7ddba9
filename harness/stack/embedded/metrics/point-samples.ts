// A data point -> the samples it stands for. The labels of its series are worked out once and remembered, the values each time.
import type { Labels } from '../promql/labels.ts';
import { formatPlainFloat } from '../promql/float-text.ts';
import type { OtlpHistogramPoint, OtlpNumberPoint, OtlpSummaryPoint } from '../otlp-metric-types.ts';
import type { LabelMap } from './label-set.ts';
import { toLabels } from './label-set.ts';
import { doubleToNumber, integerToNumber, listOf, recordOf } from './otlp-number.ts';

/** How points of one kind become samples. `series` and `values` give the same number of things in the same order. */
export type PointShape<Point> = {
  /** Equal text, equal series: beside the attributes, what decides the labels. */
  layout(point: Point): string;
  series(point: Point, name: string, labels: LabelMap): Labels[];
  values(point: Point): number[];
};

export const numberShape: PointShape<OtlpNumberPoint> = {
  layout: () => '',
  series: (_, name, labels) => [toLabels(labels, name)],
  values: ({ asInt, asDouble }) => [asInt === null || asInt === undefined ? doubleToNumber(asDouble) : integerToNumber(asInt)],
};

const hasSum = ({ sum }: OtlpHistogramPoint): boolean => sum !== null && sum !== undefined;

/** Bounds that have a count; +Inf is not among them. */
const finiteBounds = ({ explicitBounds, bucketCounts }: OtlpHistogramPoint): number[] =>
  listOf(explicitBounds, 'explicitBounds').slice(0, listOf(bucketCounts, 'bucketCounts').length).map(doubleToNumber);

const histogramValues = (point: OtlpHistogramPoint): number[] => {
  const count = integerToNumber(point.count);
  let cumulative = 0;
  const buckets = finiteBounds(point).map((_, index) => {
    cumulative += integerToNumber(point.bucketCounts?.[index]);
    return cumulative;
  });
  return [...(hasSum(point) ? [doubleToNumber(point.sum)] : []), count, ...buckets, count];
};

export const histogramShape: PointShape<OtlpHistogramPoint> = {
  layout: (point) => `${hasSum(point) ? 's' : ''} ${finiteBounds(point).join(' ')}`,
  series: (point, name, labels) => [
    ...(hasSum(point) ? [toLabels(labels, `${name}_sum`)] : []),
    toLabels(labels, `${name}_count`),
    ...[...finiteBounds(point).map(formatPlainFloat), '+Inf'].map((le) => toLabels(labels, `${name}_bucket`, [['le', le]])),
  ],
  values: histogramValues,
};

const quantilesOf = ({ quantileValues }: OtlpSummaryPoint) =>
  listOf(quantileValues, 'quantileValues').map((one) => recordOf(one, 'quantile'));

export const summaryShape: PointShape<OtlpSummaryPoint> = {
  layout: (point) =>
    quantilesOf(point)
      .map(({ quantile }) => doubleToNumber(quantile))
      .join(' '),
  series: (point, name, labels) => [
    toLabels(labels, `${name}_sum`),
    toLabels(labels, `${name}_count`),
    ...quantilesOf(point).map(({ quantile }) => toLabels(labels, name, [['quantile', formatPlainFloat(doubleToNumber(quantile))]])),
  ],
  values: (point) => [
    doubleToNumber(point.sum),
    integerToNumber(point.count),
    ...quantilesOf(point).map(({ value }) => doubleToNumber(value)),
  ],
};
