// A TraceQL metrics query over the store. Exemplars: of each trace that the query finds its first span, up to the number asked for.
import type { Pace } from './query-pace.ts';
import { overlaps } from './search.ts';
import { serviceName } from './service-name.ts';
import type { StoredTrace } from './trace-store.ts';
import { compilePipeline } from './traceql/evaluate.ts';
import { durationNanos } from './traceql/intrinsics.ts';
import type { Intervals } from './traceql/metrics/intervals.ts';
import { createObserver } from './traceql/metrics/observe.ts';
import type { Label, Series } from './traceql/metrics/series.ts';
import type { MetricsStage, Query } from './traceql/query.ts';
import { indexTrace } from './traceql/trace-index.ts';
import type { SpanNode } from './traceql/trace-index.ts';
import { duration, text } from './traceql/value.ts';

const exemplarLabels = (node: SpanNode): readonly Label[] => [
  ['trace:id', text(node.trace.traceId)],
  ['span:id', text(node.span.spanId)],
  ['name', text(node.span.name)],
  ['resource.service.name', text(serviceName(node.span.resource))],
  ['duration', duration(durationNanos(node))],
];

export type MetricsRequest = {
  readonly query: Query & { readonly metrics: MetricsStage };
  readonly intervals: Intervals;
  readonly maxExemplars: number;
};

export type MetricsAnswer = { readonly series: readonly Series[]; readonly inspectedTraces: number; readonly inspectedSpans: number };

export const queryMetrics = async (
  traces: Iterable<StoredTrace>,
  { query, intervals, maxExemplars }: MetricsRequest,
  pace: Pace,
): Promise<MetricsAnswer> => {
  const select = compilePipeline(query.stages);
  const observer = createObserver(query.metrics, intervals);
  let [inspectedTraces, inspectedSpans, exemplars] = [0, 0, 0];
  let isEmpty = true;
  for (const stored of traces) {
    isEmpty = false;
    if (!overlaps(stored, intervals)) continue;
    await pace.breathe();
    inspectedTraces += 1;
    const nodes = select(indexTrace(stored)).flatMap((set) => set.nodes);
    const own = nodes.filter(({ span }) => intervals.of(span.startTimeUnixNano) !== -1);
    inspectedSpans += own.length;
    own.forEach((node) => observer.observe(node));
    if (own[0] === undefined || exemplars >= maxExemplars) continue;
    observer.addExemplar(own[0], exemplarLabels(own[0]));
    exemplars += 1;
  }
  return { series: isEmpty ? [] : observer.result(), inspectedTraces, inspectedSpans };
};
