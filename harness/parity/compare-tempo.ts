// The same question to two Tempo APIs: whether their answers say the same, and if not, both.
import { normaliseInstant, normaliseRange, normaliseSearch, shownOfSpans } from './normalise-tempo.ts';
import type { TraceqlQuery } from './traceql-queries.ts';

const paths = { search: '/api/search', metrics: '/api/metrics/query_range', instant: '/api/metrics/query' } as const;
const normalise = { search: normaliseSearch, metrics: normaliseRange, instant: normaliseInstant } as const;

export type TempoWindow = { readonly startSeconds: number; readonly endSeconds: number };

export type TempoAnswer = { readonly status: number; readonly body: unknown };

/** Every trace and every span of it, as far as Tempo gives them. */
const parametersOf = ({ kind, query }: TraceqlQuery, { startSeconds, endSeconds }: TempoWindow): URLSearchParams => {
  const parameters = new URLSearchParams({ q: query, start: String(startSeconds), end: String(endSeconds) });
  const more = kind === 'search' ? { limit: '10000', spss: '100' } : { step: '10s', exemplars: '1' };
  for (const [name, value] of Object.entries(more)) parameters.set(name, value);
  return parameters;
};

/** The body is text where the status is not 200. */
export const askTempo = async (url: string, query: TraceqlQuery, window: TempoWindow): Promise<TempoAnswer> => {
  const response = await fetch(`${url}${paths[query.kind]}?${parametersOf(query, window).toString()}`);
  const body = await response.text();
  return { status: response.status, body: response.status === 200 ? JSON.parse(body) : body };
};

const contradictions = (one: unknown, other: unknown, several: ReadonlySet<string>): readonly string[] => {
  const [left, right] = [shownOfSpans(one), shownOfSpans(other)];
  return [...left].flatMap(([key, values]) => {
    const found = right.get(key);
    // Two attributes of one name are shown under one key.
    return several.has(key.split(' ')[2] ?? '') || found === undefined || !values.isDisjointFrom(found)
      ? []
      : [`${key}: ${[...values].join()} and ${[...found].join()}`];
  });
};

/** null: they say the same. Two that refuse do, in whatever words. `several`: keys of which a span may have more than one value, and either may be shown. */
export const differenceOf = (
  { kind, query }: TraceqlQuery,
  one: TempoAnswer,
  other: TempoAnswer,
  several: ReadonlySet<string> = new Set(),
): string | null => {
  if (one.status !== 200 && other.status !== 200) return null;
  if (one.status !== other.status) return `${query}\n  ${one.status}: ${String(one.body)}\n  ${other.status}: ${String(other.body)}`;
  const [left, right] = [normalise[kind](one.body), normalise[kind](other.body)].map((answer) => JSON.stringify(answer));
  if (left !== right) return `${query}\n  ${left?.slice(0, 2_000)}\n  ${right?.slice(0, 2_000)}`;
  const shown = kind === 'search' ? contradictions(one.body, other.body, several) : [];
  return shown.length === 0 ? null : `${query}\n  ${shown.slice(0, 5).join('\n  ')}`;
};

/** Spans found, by trace and span. */
export const foundSpans = (answer: TempoAnswer): ReadonlySet<string> =>
  new Set(
    normaliseSearch(answer.body).flatMap(({ traceID, spanSets }) =>
      spanSets.flatMap(({ spans }) => spans.map(({ spanID }) => `${traceID} ${spanID}`)),
    ),
  );
