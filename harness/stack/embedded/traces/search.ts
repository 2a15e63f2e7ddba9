// Tempo's search over the store: which traces have spans that a TraceQL query selects, with the spans found. Latest trace first.
import { attributeText } from '../otlp/attribute-value.ts';
import type { Span } from '../otlp/read-traces.ts';
import { selectSpans } from './traceql/evaluate.ts';
import type { Spanset } from './traceql/query.ts';
import { indexTrace } from './traceql/trace-index.ts';
import type { TraceIndex } from './traceql/trace-index.ts';
import { serviceOf } from './trace-store.ts';
import type { StoredTrace, Trace } from './trace-store.ts';

export type SearchRequest = {
  readonly query: Spanset;
  /** Epoch nanoseconds; a trace counts when it overlaps them. */
  readonly startNano: bigint;
  readonly endNano: bigint;
  readonly limit: number;
  readonly spansPerSpanSet: number;
  readonly minDurationNanos: number;
  readonly maxDurationNanos: number;
};

const errorStatus = 2;

const serviceStats = (spans: readonly Span[]) =>
  Object.fromEntries(
    [...Map.groupBy(spans, (span) => serviceOf(span.resource))].map(([service, own]) => {
      const errorCount = own.filter((span) => span.statusCode === errorStatus).length;
      return [service, errorCount === 0 ? { spanCount: own.length } : { spanCount: own.length, errorCount }];
    }),
  );

const foundSpan = (span: Span) => ({
  spanID: span.spanId,
  name: span.name,
  startTimeUnixNano: String(span.startTimeUnixNano),
  durationNanos: String(span.endTimeUnixNano - span.startTimeUnixNano),
});

const foundTrace = (trace: TraceIndex, selected: readonly Span[], spansPerSpanSet: number) => {
  const spanSet = { spans: selected.slice(0, spansPerSpanSet).map(foundSpan), matched: selected.length };
  const { root } = trace;
  return {
    traceID: trace.traceId,
    rootServiceName: root === undefined ? '<root span not yet received>' : serviceOf(root.resource),
    rootTraceName: root?.name ?? '',
    startTimeUnixNano: String(trace.startNano),
    durationMs: Number((trace.endNano - trace.startNano) / 1_000_000n),
    spanSet,
    spanSets: [spanSet],
    serviceStats: serviceStats(trace.spans),
  };
};

const isAskedFor = (trace: Pick<StoredTrace, 'startNano' | 'endNano'>, request: SearchRequest): boolean => {
  const durationNanos = Number(trace.endNano - trace.startNano);
  return (
    trace.startNano <= request.endNano &&
    trace.endNano >= request.startNano &&
    durationNanos >= request.minDurationNanos &&
    durationNanos <= request.maxDurationNanos
  );
};

export const searchTraces = (traces: Iterable<StoredTrace>, request: SearchRequest) => {
  const found = [];
  let inspected = 0;
  for (const trace of traces) {
    if (found.length >= request.limit) break;
    inspected += 1;
    if (!isAskedFor(trace, request)) continue;
    const index = indexTrace(trace);
    const selected = selectSpans(request.query, index);
    if (selected.size > 0) found.push(foundTrace(index, [...selected], request.spansPerSpanSet));
  }
  return { traces: found, metrics: { inspectedTraces: inspected, completedJobs: 1, totalJobs: 1 } };
};

/** Names of the attributes that are there, by scope: Tempo's tag search. */
export const tagNames = (traces: Iterable<Trace>): { readonly resource: readonly string[]; readonly span: readonly string[] } => {
  const resource = new Set<string>();
  const span = new Set<string>();
  for (const trace of traces) {
    for (const one of trace.spans) {
      for (const name of one.resource.keys()) resource.add(name);
      for (const name of one.attributes.keys()) span.add(name);
    }
  }
  return { resource: [...resource].sort(), span: [...span].sort() };
};

export const tagValues = (traces: Iterable<Trace>, name: string): readonly string[] => {
  const values = new Set<string>();
  for (const trace of traces) {
    for (const span of trace.spans) {
      for (const value of [span.attributes.get(name), span.resource.get(name)]) if (value !== undefined) values.add(attributeText(value));
    }
  }
  return [...values].sort();
};
