// A span as it rests in the store: as protobuf bytes, a fifth of what it takes as objects. It is read again when someone asks for its trace.
import { attributesJson } from '../otlp/attribute-value.ts';
import type { Attributes } from '../otlp/attribute-value.ts';
import { messageType } from '../otlp/descriptor.ts';
import type { Scope, Span } from '../otlp/read-traces.ts';
import type { ByteArena } from './byte-arena.ts';
import { readPackedSpan } from './read-packed-span.ts';

export type PackedSpan = {
  readonly spanId: string;
  readonly bytes: Uint8Array;
  /** Shared by all spans of an export. */
  readonly resource: Attributes;
  readonly scope: Scope;
};

const type = messageType('Span');
const idBytes = (hex: string): Buffer => Buffer.from(hex, 'hex');

/** As protobufjs takes it. */
export const spanMessage = (span: Span): Readonly<Record<string, unknown>> => ({
  traceId: idBytes(span.traceId),
  spanId: idBytes(span.spanId),
  traceState: span.traceState,
  parentSpanId: idBytes(span.parentSpanId),
  flags: span.flags,
  name: span.name,
  kind: span.kind,
  startTimeUnixNano: String(span.startTimeUnixNano),
  endTimeUnixNano: String(span.endTimeUnixNano),
  attributes: attributesJson(span.attributes),
  events: span.events.map(({ timeUnixNano, name, attributes }) => ({
    timeUnixNano: String(timeUnixNano),
    name,
    attributes: attributesJson(attributes),
  })),
  links: span.links.map(({ traceId, spanId, attributes }) => ({
    traceId: idBytes(traceId),
    spanId: idBytes(spanId),
    attributes: attributesJson(attributes),
  })),
  status: { code: span.statusCode, message: span.statusMessage },
});

export const packSpan = (span: Span, arena: Pick<ByteArena, 'keep'>): PackedSpan => {
  const bytes = type.encode(type.fromObject(spanMessage(span))).finish();
  return { spanId: span.spanId, bytes: arena.keep(bytes), resource: span.resource, scope: span.scope };
};

export const unpackSpan = ({ bytes, resource, scope }: PackedSpan): Span => readPackedSpan(bytes, resource, scope);

/** Bytes in memory: the packed ones, and about as much again for what holds them; a buffer of their own is held too. */
export const packedBytes = ({ bytes }: PackedSpan): number => bytes.length + (bytes.length === bytes.buffer.byteLength ? 500 : 250);
