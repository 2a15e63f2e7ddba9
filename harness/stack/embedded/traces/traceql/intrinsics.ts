// TraceQL's intrinsic fields: what a span has beside its attributes. https://grafana.com/docs/tempo/latest/traceql/construct-traceql-queries/
import type { SpanEvent, SpanLink } from '../../otlp/read-traces.ts';
import { serviceName } from '../service-name.ts';
import type { SpanNode } from './trace-index.ts';
import { duration, int, nil, text } from './value.ts';
import type { ScalarValue, Value } from './value.ts';

/** The one event and the one link that a condition is tried on; null where the span has none. */
export type Focus = { readonly event: SpanEvent | null; readonly link: SpanLink | null };

/** Without a focus: of events and links the first that has a value. */
export type Read = (node: SpanNode, focus?: Focus) => Value;

const shortTraceId = (id: string): string => id.replace(/^0+/, '');

/** A span that ended before it began took no time. */
export const durationNanos = ({ span }: SpanNode): number => Math.max(0, Number(span.endTimeUnixNano - span.startTimeUnixNano));

const firstOf = <Holder>(holders: readonly Holder[], read: (holder: Holder) => Value): Value => {
  for (const holder of holders) {
    const value = read(holder);
    if (value.type !== 'nil') return value;
  }
  return nil;
};

export const ofEvent =
  (read: (event: SpanEvent, node: SpanNode) => Value): Read =>
  (node, focus) => {
    if (focus === undefined) return firstOf(node.span.events, (event) => read(event, node));
    return focus.event === null ? nil : read(focus.event, node);
  };

export const ofLink =
  (read: (link: SpanLink) => Value): Read =>
  (node, focus) => {
    if (focus === undefined) return firstOf(node.span.links, read);
    return focus.link === null ? nil : read(focus.link);
  };

const sinceStart = (event: SpanEvent, { span }: SpanNode): ScalarValue => duration(Number(event.timeUnixNano - span.startTimeUnixNano));

/** By the names that attribute-name.ts leaves. */
export const intrinsics: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['name', ({ span }) => text(span.name)],
  ['duration', (node) => duration(durationNanos(node))],
  ['status', ({ span }) => ({ type: 'status', value: span.statusCode })],
  ['statusMessage', ({ span }) => text(span.statusMessage)],
  ['kind', ({ span }) => ({ type: 'kind', value: span.kind })],
  ['span:id', ({ span }) => text(span.spanId)],
  ['span:parentID', ({ span }) => text(span.parentSpanId.padStart(16, '0'))],
  ['span:childCount', ({ children }) => int(children.length)],
  ['nestedSetLeft', ({ left }) => int(left)],
  ['nestedSetRight', ({ right }) => int(right)],
  ['nestedSetParent', ({ parentLeft }) => int(parentLeft)],
  ['trace:id', ({ trace }) => text(shortTraceId(trace.traceId))],
  ['rootName', ({ trace }) => text(trace.root?.name ?? '')],
  ['rootServiceName', ({ trace }) => text(trace.root === undefined ? '' : serviceName(trace.root.resource))],
  ['traceDuration', ({ trace }) => duration(Number(trace.endNano - trace.startNano))],
  ['event:name', ofEvent((event) => text(event.name))],
  ['event:timeSinceStart', ofEvent(sinceStart)],
  ['link:traceID', ofLink((link) => text(shortTraceId(link.traceId)))],
  ['link:spanID', ofLink((link) => text(link.spanId))],
  ['instrumentation:name', ({ span }) => text(span.scope.name)],
  ['instrumentation:version', ({ span }) => text(span.scope.version)],
]);
