// Tempo's search over the store: which traces have spans that a query selects, with the spans found. Traces that began last come first.
import { durationNanos } from './traceql/intrinsics.ts';
import type { Pace } from './query-pace.ts';
import { serviceName } from './service-name.ts';
import type { ShowAttributes } from './span-attributes.ts';
import { withoutDefaults } from './tempo-json.ts';
import type { StoredTrace } from './trace-store.ts';
import type { FoundSet } from './traceql/evaluate.ts';
import { indexTrace } from './traceql/trace-index.ts';
import type { SpanNode, TraceIndex } from './traceql/trace-index.ts';
import { valueJson } from './traceql/value.ts';

export type TimeWindow = { readonly startNano: bigint; readonly endNano: bigint };

export type SearchRequest = TimeWindow & {
  /** Empty: the trace does not match. */
  readonly select: (trace: TraceIndex) => readonly FoundSet[];
  /** null: the answer has no spans, as for a search by tags. */
  readonly show: ShowAttributes | null;
  readonly limit: number;
  readonly spansPerSpanSet: number;
};

const errorStatus = 2;

const serviceStats = (nodes: readonly SpanNode[]) =>
  Object.fromEntries(
    [...Map.groupBy(nodes, ({ span }) => serviceName(span.resource))].map(([service, own]) => {
      const errorCount = own.filter(({ span }) => span.statusCode === errorStatus).length;
      return [service, errorCount === 0 ? { spanCount: own.length } : { spanCount: own.length, errorCount }];
    }),
  );

const foundSpan = (node: SpanNode, show: ShowAttributes) =>
  withoutDefaults({
    spanID: node.span.spanId,
    name: node.span.name,
    startTimeUnixNano: String(node.span.startTimeUnixNano),
    durationNanos: String(durationNanos(node)),
    attributes: show(node),
  });

const spanSetJson = ({ nodes, attributes }: FoundSet, show: ShowAttributes, spansPerSpanSet: number) =>
  withoutDefaults({
    spans: nodes.slice(0, spansPerSpanSet).map((node) => foundSpan(node, show)),
    matched: nodes.length,
    attributes: attributes.map(([key, value]) => ({ key, value: valueJson(value) })),
  });

const foundTrace = (trace: TraceIndex, sets: readonly FoundSet[], { show, spansPerSpanSet }: SearchRequest) => {
  const { root } = trace;
  const service = root === undefined ? '' : serviceName(root.resource);
  const spanSets = show === null ? [] : sets.map((set) => spanSetJson(set, show, spansPerSpanSet));
  return withoutDefaults({
    traceID: trace.traceId,
    rootServiceName: service === '' ? '<root span not yet received>' : service,
    rootTraceName: root?.name ?? '',
    startTimeUnixNano: String(trace.startNano),
    durationMs: Number((trace.endNano - trace.startNano) / 1_000_000n),
    spanSet: spanSets[0] ?? '',
    spanSets,
    serviceStats: show === null ? '' : serviceStats(trace.nodes),
  });
};

export const overlaps = (trace: Pick<StoredTrace, 'startNano' | 'endNano'>, { startNano, endNano }: TimeWindow): boolean =>
  trace.startNano <= endNano && trace.endNano >= startNano;

const latestFirst = (traces: Iterable<StoredTrace>, window: TimeWindow): readonly StoredTrace[] =>
  [...traces]
    .filter((trace) => overlaps(trace, window))
    .sort((one, other) => (one.startNano < other.startNano ? 1 : one.startNano > other.startNano ? -1 : 0));

export const searchTraces = async (traces: Iterable<StoredTrace>, request: SearchRequest, pace: Pace) => {
  const found = [];
  let inspectedTraces = 0;
  for (const stored of latestFirst(traces, request)) {
    if (found.length >= request.limit) break;
    await pace.breathe();
    inspectedTraces += 1;
    const trace = indexTrace(stored);
    const sets = request.select(trace);
    if (sets.length > 0) found.push(foundTrace(trace, sets, request));
  }
  return { traces: found, metrics: withoutDefaults({ inspectedTraces, completedJobs: 1, totalJobs: 1 }) };
};
