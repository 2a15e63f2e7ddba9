// Which spans of a trace a TraceQL query selects; none: the trace does not match. Semantics of Tempo's pkg/traceql/ast_execute.go.
import type { Span } from '../../otlp/read-traces.ts';
import { meets } from './condition.ts';
import type { Relation, Spanset } from './query.ts';
import { ancestors } from './trace-index.ts';
import type { TraceIndex } from './trace-index.ts';

const related: Readonly<Record<Relation, (trace: TraceIndex, left: ReadonlySet<Span>, span: Span) => boolean>> = {
  '>': (trace, left, span) => left.has(trace.byId.get(span.parentSpanId) as Span) && span.parentSpanId !== span.spanId,
  '>>': (trace, left, span) => ancestors(trace, span).some((ancestor) => left.has(ancestor)),
  '<': (_trace, left, span) => [...left].some((child) => child !== span && child.parentSpanId === span.spanId),
  '<<': (trace, left, span) => [...left].some((descendant) => ancestors(trace, descendant).includes(span)),
  '~': (_trace, left, span) =>
    span.parentSpanId !== '' && [...left].some((other) => other !== span && other.parentSpanId === span.parentSpanId),
};

/** The spans selected, in the order of the trace's own. */
export const selectSpans = (query: Spanset, trace: TraceIndex): ReadonlySet<Span> => {
  switch (query.kind) {
    case 'filter': {
      const { condition } = query;
      return new Set(condition === null ? trace.spans : trace.spans.filter((span) => meets(condition, span, trace)));
    }
    case 'and': {
      const left = selectSpans(query.left, trace);
      if (left.size === 0) return left;
      const right = selectSpans(query.right, trace);
      return right.size === 0 ? right : left.union(right);
    }
    case 'or':
      return selectSpans(query.left, trace).union(selectSpans(query.right, trace));
    case 'relation': {
      const left = selectSpans(query.left, trace);
      const holds = related[query.relation];
      return new Set([...selectSpans(query.right, trace)].filter((span) => holds(trace, left, span)));
    }
  }
};
