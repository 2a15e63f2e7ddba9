// Spans with explicit parents. What is not sampled costs one comparison: no span, no attributes, no context is made for it.
import {
  type Attributes,
  INVALID_SPAN_CONTEXT,
  type Link,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  type TimeInput,
  trace,
  type Tracer,
} from '@opentelemetry/api';
import { errorSummary } from './error-attributes.ts';
import type { RateLimitedSampler } from './rate-limited-sampler.ts';
import { formatTraceparent, isSampled } from './trace-context.ts';

export type SpanOptions = {
  readonly kind?: 'internal' | 'server' | 'client' | 'producer' | 'consumer';
  /** null or absent: a root, sampled within the rate. An unsampled context: no span. A sampled one: always a span. */
  readonly parent?: SpanContext | null | undefined;
  /** Made only when the span is recorded. */
  readonly attributes?: () => Attributes;
  readonly links?: () => Link[];
  /** Milliseconds since the epoch, or any TimeInput; now by default. */
  readonly startTime?: TimeInput;
};

export type StartedSpan = {
  readonly recording: boolean;
  /** The parent of spans under this one, in this process or another; unsampled where nothing is recorded. */
  readonly context: SpanContext;
  /** W3C traceparent to hand on; null where it is not sampled. */
  readonly traceparent: string | null;
  setAttributes(attributes: () => Attributes): void;
  setName(name: string): void;
  /** Ends it; with an error its status is ERROR and error.type is set. */
  end(error?: unknown, endTime?: TimeInput): void;
};

export type Spans = { start(name: string, options?: SpanOptions): StartedSpan };

const kinds = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
} as const;

/** What `start` answers for everything that is not sampled. */
export const unsampledSpan: StartedSpan = {
  recording: false,
  context: INVALID_SPAN_CONTEXT,
  traceparent: null,
  setAttributes: () => {},
  setName: () => {},
  end: () => {},
};

export const createSpans = (tracer: Tracer, sampler: RateLimitedSampler): Spans => ({
  start: (name, options = {}) => {
    const parent = options.parent ?? null;
    if (parent === null ? !sampler.hasToken() : !isSampled(parent)) return unsampledSpan;
    const parentContext = parent === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent);
    return startedSpan(tracer.startSpan(name, sdkOptions(options), parentContext));
  },
});

/** For a process without tracing: every span is unsampled. */
export const noSpans: Spans = { start: () => unsampledSpan };

const sdkOptions = ({ kind = 'internal', attributes, links, startTime }: SpanOptions) => ({
  kind: kinds[kind],
  ...(attributes && { attributes: attributes() }),
  ...(links && { links: links() }),
  ...(startTime !== undefined && { startTime }),
});

const startedSpan = (span: Span): StartedSpan => {
  const context = span.spanContext();
  return {
    recording: span.isRecording(),
    context,
    traceparent: formatTraceparent(context),
    setAttributes: (attributes) => void span.setAttributes(attributes()),
    setName: (name) => void span.updateName(name),
    end: (error, endTime) => {
      if (error !== undefined) markFailed(span, error);
      span.end(endTime);
    },
  };
};

const markFailed = (span: Span, error: unknown) => {
  const attributes = errorSummary(error);
  span.setStatus({ code: SpanStatusCode.ERROR, message: attributes['exception.message'] });
  span.setAttribute('error.type', attributes['exception.type']);
};
