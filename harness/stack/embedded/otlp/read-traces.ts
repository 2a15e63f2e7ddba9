// ExportTraceServiceRequest -> spans. A span without valid ids is rejected on its own; a request that is not OTLP at all is refused as a whole.
import { readAttributes } from './attribute-value.ts';
import type { Attributes } from './attribute-value.ts';
import { readCount, readEnum, readId, readInteger, readList, readRecord, readText } from './read-value.ts';

export type Scope = { readonly name: string; readonly version: string; readonly attributes: Attributes };

export type SpanEvent = { readonly timeUnixNano: bigint; readonly name: string; readonly attributes: Attributes };
export type SpanLink = { readonly traceId: string; readonly spanId: string; readonly attributes: Attributes };

/** Ids are lower-case hex; parentSpanId is '' for a root. kind and status are OTLP's numbers. */
export type Span = {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly traceState: string;
  readonly flags: number;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: bigint;
  readonly endTimeUnixNano: bigint;
  readonly attributes: Attributes;
  readonly events: readonly SpanEvent[];
  readonly links: readonly SpanLink[];
  readonly statusCode: number;
  readonly statusMessage: string;
  readonly resource: Attributes;
  readonly scope: Scope;
};

export const spanKinds = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'] as const;
export const statusCodes = ['UNSET', 'OK', 'ERROR'] as const;

export const readScope = (value: unknown, path: string): Scope => {
  const scope = readRecord(value, path);
  return {
    name: readText(scope['name'], `${path}.name`),
    version: readText(scope['version'], `${path}.version`),
    attributes: readAttributes(scope['attributes'], `${path}.attributes`),
  };
};

const readEvent = (value: unknown, path: string): SpanEvent => {
  const event = readRecord(value, path);
  return {
    timeUnixNano: readInteger(event['timeUnixNano'], `${path}.timeUnixNano`),
    name: readText(event['name'], `${path}.name`),
    attributes: readAttributes(event['attributes'], `${path}.attributes`),
  };
};

const readLink = (value: unknown, path: string): SpanLink => {
  const link = readRecord(value, path);
  return {
    traceId: readId(link['traceId'], 16, `${path}.traceId`),
    spanId: readId(link['spanId'], 8, `${path}.spanId`),
    attributes: readAttributes(link['attributes'], `${path}.attributes`),
  };
};

const each = <Item>(value: unknown, path: string, read: (item: unknown, path: string) => Item): readonly Item[] =>
  readList(value, path).map((item, index) => read(item, `${path}[${index}]`));

export const readSpan = (value: unknown, path: string, resource: Attributes, scope: Scope): Span => {
  const span = readRecord(value, path);
  const status = readRecord(span['status'], `${path}.status`);
  return {
    traceId: readId(span['traceId'], 16, `${path}.traceId`),
    spanId: readId(span['spanId'], 8, `${path}.spanId`),
    parentSpanId: readId(span['parentSpanId'], 8, `${path}.parentSpanId`),
    traceState: readText(span['traceState'], `${path}.traceState`),
    flags: readCount(span['flags'], `${path}.flags`),
    name: readText(span['name'], `${path}.name`),
    kind: readEnum(span['kind'], spanKinds, 'SPAN_KIND_', `${path}.kind`),
    startTimeUnixNano: readInteger(span['startTimeUnixNano'], `${path}.startTimeUnixNano`),
    endTimeUnixNano: readInteger(span['endTimeUnixNano'], `${path}.endTimeUnixNano`),
    attributes: readAttributes(span['attributes'], `${path}.attributes`),
    events: each(span['events'], `${path}.events`, readEvent),
    links: each(span['links'], `${path}.links`, readLink),
    statusCode: readEnum(status['code'], statusCodes, 'STATUS_CODE_', `${path}.status.code`),
    statusMessage: readText(status['message'], `${path}.status.message`),
    resource,
    scope,
  };
};

/** Throws an OtlpDecodeError that names the place. Spans whose trace or span id is missing are in the list too: the store rejects them. */
export const readTraces = (request: unknown): readonly Span[] => {
  const spans: Span[] = [];
  for (const [r, item] of readList(readRecord(request, '')['resourceSpans'], 'resourceSpans').entries()) {
    const path = `resourceSpans[${r}]`;
    const block = readRecord(item, path);
    const resource = readAttributes(readRecord(block['resource'], `${path}.resource`)['attributes'], `${path}.resource.attributes`);
    for (const [s, scoped] of readList(block['scopeSpans'], `${path}.scopeSpans`).entries()) {
      const scopePath = `${path}.scopeSpans[${s}]`;
      const group = readRecord(scoped, scopePath);
      const scope = readScope(group['scope'], `${scopePath}.scope`);
      for (const [i, span] of readList(group['spans'], `${scopePath}.spans`).entries()) {
        spans.push(readSpan(span, `${scopePath}.spans[${i}]`, resource, scope));
      }
    }
  }
  return spans;
};
