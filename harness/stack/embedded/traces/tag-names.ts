// Names of the attributes that are there, by scope, and the values of one: what an editor offers while a query is typed.
import type { Attributes } from '../otlp/attribute-value.ts';
import type { Pace } from './query-pace.ts';
import { overlaps } from './search.ts';
import type { TimeWindow } from './search.ts';
import type { StoredTrace } from './trace-store.ts';
import type { Attribute } from './traceql/query.ts';
import { valuesOf } from './traceql/read-attribute.ts';
import { indexTrace } from './traceql/trace-index.ts';
import type { SpanNode } from './traceql/trace-index.ts';
import { valueKey, valueText } from './traceql/value.ts';
import type { ScalarValue, Value } from './traceql/value.ts';

export type TagRequest = TimeWindow & { readonly meets: (node: SpanNode) => boolean; readonly limit: number };

export const tagScopes = ['event', 'instrumentation', 'link', 'resource', 'span'] as const;
export type TagScope = (typeof tagScopes)[number];

const holders: Readonly<Record<TagScope, (node: SpanNode) => readonly Attributes[]>> = {
  event: ({ span }) => span.events.map(({ attributes }) => attributes),
  instrumentation: ({ span }) => [span.scope.attributes],
  link: ({ span }) => span.links.map(({ attributes }) => attributes),
  resource: ({ span }) => [span.resource],
  span: ({ span }) => [span.attributes],
};

/** In slices: every span that the request asks for. */
const eachNode = async (traces: Iterable<StoredTrace>, request: TagRequest, pace: Pace, visit: (node: SpanNode) => void): Promise<void> => {
  for (const stored of traces) {
    if (!overlaps(stored, request)) continue;
    await pace.breathe();
    for (const node of indexTrace(stored).nodes) if (request.meets(node)) visit(node);
  }
};

export const tagNames = async (
  traces: Iterable<StoredTrace>,
  scopes: readonly TagScope[],
  request: TagRequest,
  pace: Pace,
): Promise<ReadonlyMap<TagScope, readonly string[]>> => {
  const names = new Map(scopes.map((scope) => [scope, new Set<string>()]));
  await eachNode(traces, request, pace, (node) => {
    for (const [scope, found] of names) {
      for (const attributes of holders[scope](node)) for (const name of attributes.keys()) if (found.size < request.limit) found.add(name);
    }
  });
  return new Map([...names].filter(([, found]) => found.size > 0).map(([scope, found]) => [scope, [...found].sort()]));
};

const types: Readonly<Record<ScalarValue['type'], string>> = {
  string: 'string',
  boolean: 'bool',
  int: 'int',
  float: 'float',
  duration: 'duration',
  status: 'keyword',
  kind: 'keyword',
};

const flat = (value: Value): readonly ScalarValue[] => {
  if (value.type === 'nil') return [];
  return value.type === 'array' ? value.value : [value];
};

export type TagValue = { readonly type: string; readonly value: string };

export const tagValues = async (
  traces: Iterable<StoredTrace>,
  attribute: Attribute,
  request: TagRequest,
  pace: Pace,
): Promise<readonly TagValue[]> => {
  const found = new Map<string, TagValue>();
  const read = valuesOf(attribute);
  await eachNode(traces, request, pace, (node) => {
    for (const value of read(node).flatMap(flat)) {
      if (found.size < request.limit) found.set(valueKey(value), { type: types[value.type], value: valueText(value) });
    }
  });
  return [...found.values()].sort((one, other) => (one.value < other.value ? -1 : 1));
};
