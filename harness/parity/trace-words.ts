// What generated TraceQL may speak of: the names, values, ids and durations that the traces of a recording really hold. Pure.
import { spread } from './spread.ts';
import type { TraceAttribute, TraceVocabulary } from './trace-vocabulary.ts';

type Value = {
  readonly stringValue?: string;
  readonly intValue?: string | number;
  readonly doubleValue?: number;
  readonly boolValue?: boolean;
  readonly arrayValue?: { readonly values?: readonly Value[] };
};
type Pair = { readonly key: string; readonly value?: Value };
type Attributed = { readonly attributes?: readonly Pair[]; readonly name?: string; readonly version?: string };
type Span = Attributed & {
  readonly spanId: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly status?: { readonly message?: string };
  readonly events?: readonly Attributed[];
  readonly links?: readonly Attributed[];
};

/** The spans of a trace by resource and library, as Tempo's answer for an id has them. */
export type ResourceSpans = {
  readonly resource?: Attributed;
  readonly scopeSpans?: readonly { readonly scope?: Attributed; readonly spans?: readonly Span[] }[];
};

const valuesKept = 8;
/** Others have to be quoted in ways that are not what is asked about here. */
const isPlainName = (name: string): boolean => /^[A-Za-z_][\w.]*$/.test(name);

/** A word where there is none: what is not there is a question too. */
const orElse = <Item>(found: readonly Item[], none: Item): readonly Item[] => (found.length > 0 ? found : [none]);

const distinct = <Item extends string | number>(items: readonly Item[]): readonly Item[] =>
  [...new Set(items)].toSorted((one, other) => (one < other ? -1 : 1));

const plain = (value: Value): string | number | boolean | null => {
  if (value.stringValue !== undefined) return value.stringValue === '' ? null : value.stringValue;
  if (value.boolValue !== undefined) return value.boolValue;
  const number = value.intValue ?? value.doubleValue;
  return number === undefined || !Number.isSafeInteger(Math.trunc(Number(number))) ? null : Number(number);
};

type Found = Map<
  string,
  { readonly scope: TraceAttribute['scope']; readonly name: string; isArray: boolean; readonly values: Set<string | number | boolean> }
>;

const collect = (found: Found, scope: TraceAttribute['scope'], { attributes = [] }: Attributed): void => {
  for (const { key, value = {} } of attributes) {
    if (!isPlainName(key)) continue;
    const entry = found.get(`${scope}.${key}`) ?? { scope, name: key, isArray: false, values: new Set() };
    found.set(`${scope}.${key}`, entry);
    if (value.arrayValue !== undefined) entry.isArray = true;
    for (const item of value.arrayValue?.values ?? [value]) {
      const one = plain(item);
      if (one !== null) entry.values.add(one);
    }
  }
};

const sortedValues = (values: ReadonlySet<string | number | boolean>): readonly (string | number | boolean)[] => {
  const [first] = values;
  return [...values].filter((value) => typeof value === typeof first).toSorted((one, other) => (one < other ? -1 : 1));
};

const attributesOf = (found: Found): readonly TraceAttribute[] =>
  [...found.values()]
    .filter(({ values }) => values.size > 0)
    .toSorted((one, other) => (`${one.scope}.${one.name}` < `${other.scope}.${other.name}` ? -1 : 1))
    .map(({ scope, name, isArray, values }) => ({
      scope,
      name,
      values: spread(sortedValues(values), valuesKept),
      ...(isArray ? { isArray } : {}),
    }));

const nanos = ({ startTimeUnixNano, endTimeUnixNano }: Span): number => Number(BigInt(endTimeUnixNano) - BigInt(startTimeUnixNano));

const service = ({ resource }: ResourceSpans): readonly string[] =>
  (resource?.attributes ?? []).filter(({ key }) => key === 'service.name').map(({ value }) => value?.stringValue ?? '');

const allAttributes = (blocks: readonly ResourceSpans[]): readonly TraceAttribute[] => {
  const found: Found = new Map();
  for (const { resource = {}, scopeSpans = [] } of blocks) {
    collect(found, 'resource', resource);
    for (const { scope = {}, spans = [] } of scopeSpans) {
      collect(found, 'instrumentation', scope);
      for (const span of spans) {
        collect(found, 'span', span);
        for (const event of span.events ?? []) collect(found, 'event', event);
        for (const link of span.links ?? []) collect(found, 'link', link);
      }
    }
  }
  return attributesOf(found);
};

export type FoundTrace = { readonly traceId: string; readonly blocks: readonly ResourceSpans[] };

/** The same traces give the same words, in whichever order they come. */
export const traceWords = (traces: readonly FoundTrace[]): TraceVocabulary => {
  const blocks = traces.flatMap(({ blocks: own }) => own);
  const scoped = blocks.flatMap(({ scopeSpans = [] }) => scopeSpans);
  const spans = scoped.flatMap(({ spans: own = [] }) => own);
  const names = (items: readonly Attributed[]): readonly string[] =>
    distinct(items.map(({ name = '' }) => name).filter((name) => name !== ''));
  const libraries = new Map(scoped.map(({ scope = {} }) => [scope.name ?? '', { name: scope.name ?? '', version: scope.version ?? '' }]));
  return {
    spanNames: spread(names(spans), valuesKept * 2),
    services: distinct(blocks.flatMap(service)),
    attributes: allAttributes(blocks),
    eventNames: orElse(names(spans.flatMap(({ events = [] }) => events)), 'exception'),
    statusMessages: orElse(distinct(spans.flatMap(({ status }) => status?.message ?? []).filter((text) => text !== '')), 'refused'),
    libraries: [...libraries.values()].filter(({ name }) => name !== '').toSorted((one, other) => (one.name < other.name ? -1 : 1)),
    traceIds: spread(distinct(traces.map(({ traceId }) => traceId)), valuesKept),
    spanIds: spread(distinct(spans.map(({ spanId }) => spanId)), valuesKept),
    durations: spread(distinct(spans.map(nanos)), valuesKept),
  };
};

/** Keys of which a span may have several values, of which a search shows any: of events, links and arrays, and those that two scopes have. */
export const severalValued = ({ attributes }: TraceVocabulary): ReadonlySet<string> => {
  const seen = new Map<string, number>();
  for (const { name } of attributes) seen.set(name, (seen.get(name) ?? 0) + 1);
  const many = attributes.filter(
    ({ scope, name, isArray }) => scope === 'event' || scope === 'link' || isArray === true || (seen.get(name) ?? 0) > 1,
  );
  return new Set(['event:name', 'event:timeSinceStart', 'link:traceID', 'link:spanID', ...many.map(({ name }) => name)]);
};
