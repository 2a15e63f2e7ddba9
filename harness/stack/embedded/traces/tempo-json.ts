// A trace as Tempo 3 prints it for `Accept: application/json`: OTLP's messages through protobuf's own JSON mapping (golang jsonpb), so ids are
// base64 and enums are names, unlike OTLP/JSON. Source: tempo pkg/tempopb (MarshalToJSONV1) and modules/frontend/combiner.
import { attributesJson } from '../otlp/attribute-value.ts';
import type { Attributes } from '../otlp/attribute-value.ts';
import { spanKinds, statusCodes } from '../otlp/read-traces.ts';
import type { Scope, Span } from '../otlp/read-traces.ts';
import type { Trace } from './trace-store.ts';

type Json = Readonly<Record<string, unknown>>;

const base64 = (hex: string): string => Buffer.from(hex, 'hex').toString('base64');

/** jsonpb leaves out what has proto3's default. */
export const withoutDefaults = (fields: Record<string, unknown>): Json =>
  Object.fromEntries(
    Object.entries(fields).filter(
      ([, value]) => value !== '' && value !== 0 && value !== '0' && !(Array.isArray(value) && value.length === 0),
    ),
  );

const spanJson = (span: Span): Json =>
  withoutDefaults({
    traceId: base64(span.traceId),
    spanId: base64(span.spanId),
    traceState: span.traceState,
    parentSpanId: base64(span.parentSpanId),
    flags: span.flags,
    name: span.name,
    kind: span.kind === 0 ? 0 : `SPAN_KIND_${spanKinds[span.kind] ?? span.kind}`,
    startTimeUnixNano: String(span.startTimeUnixNano),
    endTimeUnixNano: String(span.endTimeUnixNano),
    attributes: attributesJson(span.attributes),
    events: span.events.map((event) =>
      withoutDefaults({ timeUnixNano: String(event.timeUnixNano), name: event.name, attributes: attributesJson(event.attributes) }),
    ),
    links: span.links.map((link) =>
      withoutDefaults({ traceId: base64(link.traceId), spanId: base64(link.spanId), attributes: attributesJson(link.attributes) }),
    ),
    status: withoutDefaults({
      message: span.statusMessage,
      code: span.statusCode === 0 ? 0 : `STATUS_CODE_${statusCodes[span.statusCode] ?? span.statusCode}`,
    }),
  });

type Grouped = {
  readonly resource: Attributes;
  readonly scopes: readonly { readonly scope: Scope; readonly spans: readonly Span[] }[];
};

/** Spans under the resource and scope that they came with. */
export const byResourceAndScope = (trace: Trace): readonly Grouped[] =>
  [...Map.groupBy(trace.spans, (span) => span.resource)].map(([resource, spans]) => ({
    resource,
    scopes: [...Map.groupBy(spans, (span) => span.scope)].map(([scope, scoped]) => ({ scope, spans: scoped })),
  }));

/** The list of ResourceSpans. */
export const resourceSpansJson = (trace: Trace): readonly Json[] =>
  byResourceAndScope(trace).map(({ resource, scopes }) => ({
    resource: withoutDefaults({ attributes: attributesJson(resource) }),
    scopeSpans: scopes.map(({ scope, spans }) => ({
      scope: withoutDefaults({ name: scope.name, version: scope.version, attributes: attributesJson(scope.attributes) }),
      spans: spans.map(spanJson),
    })),
  }));
