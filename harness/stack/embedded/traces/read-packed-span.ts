// A packed span, read as far as it is looked at: a query touches the times and names of every span, but attributes, events and links of few. The numbers are
// the fields' of OTLP's messages; see otlp/descriptor.ts.
import type { Attributes, AttributeValue } from '../otlp/attribute-value.ts';
import type { Scope, Span, SpanEvent, SpanLink } from '../otlp/read-traces.ts';
import { WireReader } from './wire-reader.ts';

const inside = <Value>(reader: WireReader, read: (reader: WireReader) => Value): Value => {
  const outer = reader.enter();
  const value = read(reader);
  reader.leave(outer);
  return value;
};

const readAnyValue = (reader: WireReader): AttributeValue => {
  switch (reader.field()) {
    case 1:
      return { kind: 'string', value: reader.text() };
    case 2:
      return { kind: 'bool', value: reader.varint() !== 0n };
    case 3:
      return { kind: 'int', value: reader.varint() };
    case 4:
      return { kind: 'double', value: reader.double() };
    case 5:
      return { kind: 'array', value: inside(reader, readItems) };
    case 6:
      return { kind: 'map', value: inside(reader, (within) => readAttributes(within, 1)) };
    case 7:
      return { kind: 'bytes', value: reader.base64() };
    default:
      return { kind: 'empty' };
  }
};

const readItems = (reader: WireReader): readonly AttributeValue[] => {
  const items: AttributeValue[] = [];
  while (reader.field() === 1) items.push(inside(reader, readAnyValue));
  return items;
};

const readPair = (reader: WireReader, into: Map<string, AttributeValue>): void => {
  let key = '';
  let value: AttributeValue = { kind: 'empty' };
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1) key = reader.text();
    else value = inside(reader, readAnyValue);
  }
  into.set(key, value);
};

/** All KeyValues under one field number; what else there is, is passed over. */
const readAttributes = (reader: WireReader, number: number): Attributes => {
  const attributes = new Map<string, AttributeValue>();
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === number) inside(reader, (within) => readPair(within, attributes));
    else reader.skip();
  }
  return attributes;
};

const readEvent = (reader: WireReader): SpanEvent => {
  let [timeUnixNano, name] = [0n, ''];
  const attributes = new Map<string, AttributeValue>();
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1) timeUnixNano = reader.fixed64();
    else if (field === 2) name = reader.text();
    else inside(reader, (within) => readPair(within, attributes));
  }
  return { timeUnixNano, name, attributes };
};

const readLink = (reader: WireReader): SpanLink => {
  let [traceId, spanId] = ['', ''];
  const attributes = new Map<string, AttributeValue>();
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1) traceId = reader.hex();
    else if (field === 2) spanId = reader.hex();
    else inside(reader, (within) => readPair(within, attributes));
  }
  return { traceId, spanId, attributes };
};

const readAll = <Value>(bytes: Uint8Array, number: number, read: (reader: WireReader) => Value): readonly Value[] => {
  const reader = new WireReader(bytes);
  const found: Value[] = [];
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === number) found.push(inside(reader, read));
    else reader.skip();
  }
  return found;
};

class LazySpan implements Span {
  traceId = '';
  spanId = '';
  parentSpanId = '';
  traceState = '';
  flags = 0;
  name = '';
  kind = 0;
  startTimeUnixNano = 0n;
  endTimeUnixNano = 0n;
  statusCode = 0;
  statusMessage = '';
  readonly resource: Attributes;
  readonly scope: Scope;
  readonly #bytes: Uint8Array;
  #attributes: Attributes | undefined;
  #events: readonly SpanEvent[] | undefined;
  #links: readonly SpanLink[] | undefined;

  constructor(bytes: Uint8Array, resource: Attributes, scope: Scope) {
    this.resource = resource;
    this.scope = scope;
    this.#bytes = bytes;
  }

  get attributes(): Attributes {
    return (this.#attributes ??= readAttributes(new WireReader(this.#bytes), 9));
  }

  get events(): readonly SpanEvent[] {
    return (this.#events ??= readAll(this.#bytes, 11, readEvent));
  }

  get links(): readonly SpanLink[] {
    return (this.#links ??= readAll(this.#bytes, 13, readLink));
  }
}

const readStatus = (reader: WireReader, span: LazySpan): void => {
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 2) span.statusMessage = reader.text();
    else span.statusCode = Number(reader.varint());
  }
};

const readField = (reader: WireReader, field: number, span: LazySpan): void => {
  switch (field) {
    case 1:
      span.traceId = reader.hex();
      break;
    case 2:
      span.spanId = reader.hex();
      break;
    case 3:
      span.traceState = reader.text();
      break;
    case 4:
      span.parentSpanId = reader.hex();
      break;
    case 5:
      span.name = reader.text();
      break;
    case 6:
      span.kind = Number(reader.varint());
      break;
    case 7:
      span.startTimeUnixNano = reader.fixed64();
      break;
    case 8:
      span.endTimeUnixNano = reader.fixed64();
      break;
    case 15:
      inside(reader, (within) => readStatus(within, span));
      break;
    case 16:
      span.flags = reader.fixed32();
      break;
    default:
      reader.skip();
  }
};

export const readPackedSpan = (bytes: Uint8Array, resource: Attributes, scope: Scope): Span => {
  const span = new LazySpan(bytes, resource, scope);
  const reader = new WireReader(bytes);
  for (let field = reader.field(); field !== 0; field = reader.field()) readField(reader, field, span);
  return span;
};
