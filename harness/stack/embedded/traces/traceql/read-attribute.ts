// The value of an attribute or an intrinsic on a span, as Tempo's storage keeps it: maps, bytes and mixed arrays are nothing a query can ask for.
import type { AttributeValue } from '../../otlp/attribute-value.ts';
import { serviceName } from '../service-name.ts';
import { intrinsics, ofEvent, ofLink } from './intrinsics.ts';
import type { Focus, Read } from './intrinsics.ts';
import type { Attribute } from './query.ts';
import type { SpanNode } from './trace-index.ts';
import { float, int, nil, text, truth } from './value.ts';
import type { ScalarValue, Value } from './value.ts';

const scalarOf = (value: AttributeValue): ScalarValue | null => {
  switch (value.kind) {
    case 'string':
      return text(value.value);
    case 'bool':
      return truth(value.value);
    case 'int':
      return int(value.value);
    case 'double':
      return float(value.value);
    default:
      return null;
  }
};

const arrayOf = (items: readonly AttributeValue[]): Value => {
  const values = items.map(scalarOf);
  const [first] = values;
  if (first === undefined || first === null || values.some((value) => value?.type !== first.type)) return nil;
  return values.length === 1 ? first : { type: 'array', value: values as readonly ScalarValue[] };
};

export const attributeValue = (value: AttributeValue | undefined): Value => {
  if (value === undefined) return nil;
  return value.kind === 'array' ? arrayOf(value.value) : (scalarOf(value) ?? nil);
};

const resourceValue = ({ span }: SpanNode, name: string): Value => {
  const value = attributeValue(span.resource.get(name));
  return name === 'service.name' && value.type === 'nil' ? text(serviceName(span.resource)) : value;
};

const spanOrResource = (node: SpanNode, name: string): Value => {
  const value = attributeValue(node.span.attributes.get(name));
  return value.type === 'nil' ? attributeValue(node.span.resource.get(name)) : value;
};

const focuses = ({ span }: SpanNode): readonly Focus[] => {
  const count = Math.max(1, span.events.length, span.links.length);
  return Array.from({ length: count }, (_, index) => ({ event: span.events[index] ?? null, link: span.links[index] ?? null }));
};

/** All that it is on a span: of events and links each, without a scope that of the span before that of its resource. */
export const valuesOf = (attribute: Attribute): ((node: SpanNode) => readonly Value[]) => {
  const { scope, name } = attribute;
  if (scope === 'any') return ({ span }) => [span.attributes, span.resource].map((attributes) => attributeValue(attributes.get(name)));
  const read = readerOf(attribute);
  return (node) => focuses(node).map((focus) => read(node, focus));
};

/** How to read it, looked up once. */
export const readerOf = ({ scope, name }: Attribute): Read => {
  switch (scope) {
    case 'intrinsic':
      return intrinsics.get(name) ?? (() => nil);
    case 'span':
      return ({ span }) => attributeValue(span.attributes.get(name));
    case 'resource':
      return (node) => resourceValue(node, name);
    case 'instrumentation':
      return ({ span }) => attributeValue(span.scope.attributes.get(name));
    case 'event':
      return ofEvent(({ attributes }) => attributeValue(attributes.get(name)));
    case 'link':
      return ofLink(({ attributes }) => attributeValue(attributes.get(name)));
    case 'any':
      return (node) => spanOrResource(node, name);
  }
};
