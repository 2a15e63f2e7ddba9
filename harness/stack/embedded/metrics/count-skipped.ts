// How many data points a part has that is left out as a whole. Throws nothing: something is wrong with the part already.
import type { DecodedResourceMetrics, OtlpMetric } from '../otlp-metric-types.ts';

const kinds = ['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary'] as const;

const itemsOf = <T>(list: readonly T[] | null | undefined): readonly T[] => (Array.isArray(list) ? list : []);

export const pointsOfMetric = (metric: OtlpMetric | null | undefined): number =>
  kinds.reduce((points, kind) => points + itemsOf<unknown>(metric?.[kind]?.dataPoints).length, 0);

export const pointsOfResource = (resourceMetrics: DecodedResourceMetrics | null | undefined): number =>
  itemsOf(resourceMetrics?.scopeMetrics)
    .flatMap((scope: { readonly metrics?: readonly OtlpMetric[] | null } | null) => itemsOf(scope?.metrics))
    .reduce((points, metric) => points + pointsOfMetric(metric), 0);
