// W3C trace context: text in, span context out, and back.
import { isSpanContextValid, type SpanContext, TraceFlags } from '@opentelemetry/api';
import { parseTraceParent } from '@opentelemetry/core';

/** The context in a `traceparent` header or column; null where there is none or it is malformed. */
export const parseTraceparent = (value: string | readonly string[] | null | undefined): SpanContext | null => {
  if (typeof value !== 'string') return null;
  const context = parseTraceParent(value);
  return context === null ? null : { ...context, isRemote: true };
};

export const isSampled = (context: SpanContext) => (context.traceFlags & TraceFlags.SAMPLED) === TraceFlags.SAMPLED;

/** What to store or send for this context: only a sampled one is worth following, so any other gives null. */
export const formatTraceparent = (context: SpanContext): string | null =>
  isSampled(context) && isSpanContextValid(context) ? `00-${context.traceId}-${context.spanId}-01` : null;
