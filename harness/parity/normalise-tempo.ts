// Answers of Tempo's API in a form in which two that say the same are equal: no order that means nothing, ids of one length, numbers to twelve digits, and
// nothing of how much work it was. Exemplars are left out: they are samples, drawn anew each time.

type Json = Readonly<Record<string, unknown>>;

const list = (value: unknown): readonly Json[] => (Array.isArray(value) ? (value as readonly Json[]) : []);
const record = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});
const text = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');

const rounded = (value: unknown): number => Number(Number(value ?? 0).toPrecision(12));

const pairText = (pair: Json): string => {
  const value = record(pair['value']);
  const shown = value['doubleValue'] === undefined ? value : { doubleValue: rounded(value['doubleValue']) };
  return `${text(pair['key'])}=${JSON.stringify(shown)}`;
};

const pairs = (value: unknown): readonly string[] => list(value).map(pairText).sort();

/** What a span does not have is no label, or one that says nil: Tempo does the one or the other by how it stores that attribute. */
const labels = (value: unknown): readonly string[] => pairs(list(value).filter((pair) => record(pair['value'])['stringValue'] !== 'nil'));

const span = (found: Json) => ({
  spanID: text(found['spanID']).padStart(16, '0'),
  startTimeUnixNano: text(found['startTimeUnixNano']),
  durationNanos: text(found['durationNanos']) || '0',
});

const spanSet = (found: Json) => ({
  matched: Number(found['matched'] ?? 0),
  attributes: pairs(found['attributes']),
  spans: byText(list(found['spans']).map(span)),
});

const byText = <Item>(items: readonly Item[]): readonly Item[] =>
  items
    .map((item) => [JSON.stringify(item), item] as const)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([, item]) => item);

const serviceStats = (value: unknown): Json =>
  Object.fromEntries(
    Object.entries(record(value))
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([service, stats]) => [service, [Number(record(stats)['spanCount'] ?? 0), Number(record(stats)['errorCount'] ?? 0)]]),
  );

const trace = (found: Json) => ({
  traceID: text(found['traceID']).toLowerCase().padStart(32, '0'),
  rootServiceName: text(found['rootServiceName']),
  rootTraceName: text(found['rootTraceName']),
  startTimeUnixNano: text(found['startTimeUnixNano']),
  durationMs: Number(found['durationMs'] ?? 0),
  serviceStats: serviceStats(found['serviceStats']),
  spanSets: byText(list(found['spanSets']).map(spanSet)),
});

/** /api/search, but for what is shown of each span beside its times: see shownOfSpans. */
export const normaliseSearch = (answer: unknown) => byText(list(record(answer)['traces']).map(trace));

/** Where spans stand in a tree is numbered by the order that they are stored in; without a root there is no tree, and what Tempo says of it is left over. */
const isNumbering = (key: string): boolean => key.startsWith('nestedSet') || key === 'span:childCount';

/**
 * What a search shows of spans, by trace, span and key. Tempo shows what its storage happened to read for the query, so of two answers only what both show
 * can be compared; nil is nothing.
 */
export const shownOfSpans = (answer: unknown): ReadonlyMap<string, ReadonlySet<string>> => {
  const shown = new Map<string, Set<string>>();
  const add = (key: string, value: string): void => void shown.set(key, (shown.get(key) ?? new Set()).add(value));
  for (const found of list(record(answer)['traces'])) {
    for (const one of list(found['spanSets']).flatMap((set) => list(set['spans']))) {
      const id = `${text(found['traceID']).padStart(32, '0')} ${text(one['spanID']).padStart(16, '0')}`;
      if (text(one['name']) !== '') add(`${id} name`, text(one['name']));
      for (const pair of list(one['attributes'])) if (!isNumbering(text(pair['key']))) add(`${id} ${text(pair['key'])}`, pairText(pair));
    }
  }
  for (const [key, values] of shown) if ([...values].every((value) => value.endsWith('={"stringValue":"nil"}'))) shown.delete(key);
  return shown;
};

const sample = (found: Json): readonly [number, number] => [Number(found['timestampMs'] ?? 0), rounded(found['value'])];

/** /api/metrics/query_range. */
export const normaliseRange = (answer: unknown) =>
  byText(list(record(answer)['series']).map((found) => ({ labels: labels(found['labels']), samples: list(found['samples']).map(sample) })));

/** /api/metrics/query. */
export const normaliseInstant = (answer: unknown) =>
  byText(list(record(answer)['series']).map((found) => ({ labels: labels(found['labels']), value: rounded(found['value']) })));

/** /api/search/tags and /api/search/tag/…/values, v1. */
export const normaliseNames = (answer: unknown, key: 'tagNames' | 'tagValues'): readonly string[] => {
  const names = record(answer)[key];
  return (Array.isArray(names) ? names : []).map(text).sort();
};

/** /api/v2/search/tags. */
export const normaliseScopes = (answer: unknown) =>
  byText(
    list(record(answer)['scopes']).map((scope) => ({
      name: text(scope['name']),
      tags: normaliseNames({ tagNames: scope['tags'] }, 'tagNames'),
    })),
  );

/** /api/v2/search/tag/…/values. */
export const normaliseTagValues = (answer: unknown) =>
  byText(list(record(answer)['tagValues']).map((found) => ({ type: text(found['type']), value: text(found['value']) })));

/** Nor the flags of spans and links, which Tempo does not keep. */
const withoutEmpty = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, item]) => [key, withoutEmpty(item)] as const)
      .filter(([key, item]) => key !== 'flags' && !(Array.isArray(item) && item.length === 0)),
  );
};

/** /api/traces/… and /api/v2/traces/…: every span with the resource and scope above it. */
export const normaliseTrace = (answer: unknown) => {
  const whole = record(answer);
  const blocks = list(whole['batches'] ?? record(whole['trace'])['resourceSpans']);
  const spans = blocks.flatMap((block) =>
    list(block['scopeSpans']).flatMap((scoped) =>
      list(scoped['spans']).map((one) => ({
        resource: pairs(record(block['resource'])['attributes']),
        scope: withoutEmpty(record(scoped['scope'])),
        span: withoutEmpty({ ...one, attributes: pairs(one['attributes']) }),
      })),
    ),
  );
  return byText(spans);
};
