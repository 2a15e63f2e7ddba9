// The W3C trace context that is active where `send` is called, by way of @opentelemetry/api; without an SDK there is none.
import { context, createContextKey, isSpanContextValid, trace, TraceFlags } from '@opentelemetry/api';

export type TraceContext = { readonly traceparent: string; readonly tracestate: string | null };

/** Null where nothing is traced. What is not sampled is not sent: nobody would follow it, and a request carries one context. */
export const activeTraceContext = (): TraceContext | null => {
  const span = trace.getSpanContext(context.active());
  if (!span || !isSpanContextValid(span) || (span.traceFlags & TraceFlags.SAMPLED) !== TraceFlags.SAMPLED) return null;
  return { traceparent: `00-${span.traceId}-${span.spanId}-01`, tracestate: span.traceState?.serialize() || null };
};

/** The key of @opentelemetry/core's suppressTracing, which keys by this text; core itself needs a newer Node than the client. */
const suppressTracing = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

/** A fetch that is instrumented would send a second traceparent beside ours, of whatever context a timer runs in. */
export const untraced = <T>(run: () => T): T => context.with(context.active().setValue(suppressTracing, true), run);
