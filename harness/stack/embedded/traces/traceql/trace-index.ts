// What relations and intrinsics need to know of a whole trace: its spans by id, its root, its length.
import type { Span } from '../../otlp/read-traces.ts';
import type { Trace } from '../trace-store.ts';

export type TraceIndex = {
  readonly traceId: string;
  readonly spans: readonly Span[];
  readonly byId: ReadonlyMap<string, Span>;
  /** The first span without a parent; where none has come in, undefined. */
  readonly root: Span | undefined;
  readonly startNano: bigint;
  readonly endNano: bigint;
};

export const indexTrace = ({ traceId, spans }: Trace): TraceIndex => {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  let startNano = spans[0]?.startTimeUnixNano ?? 0n;
  let endNano = 0n;
  for (const span of spans) {
    if (span.startTimeUnixNano < startNano) startNano = span.startTimeUnixNano;
    if (span.endTimeUnixNano > endNano) endNano = span.endTimeUnixNano;
  }
  return { traceId, spans, byId, root: spans.find((span) => span.parentSpanId === ''), startNano, endNano };
};

/** Parent, grandparent and so on, as far as they have come in; a circle ends the walk. */
export const ancestors = (index: TraceIndex, span: Span): readonly Span[] => {
  const found: Span[] = [];
  const seen = new Set([span.spanId]);
  for (
    let parent = index.byId.get(span.parentSpanId);
    parent !== undefined && !seen.has(parent.spanId);
    parent = index.byId.get(parent.parentSpanId)
  ) {
    seen.add(parent.spanId);
    found.push(parent);
  }
  return found;
};
