// One question that two runtimes are asked alike: what, of whom, and on whose behalf.
import type { QueryBackend } from '../stack/running-stack.ts';

/** What depends on the answer: the verdict of a run, a panel, an alert, a variable of a dashboard, or nothing but the language. */
export type AskedFor = 'verdict' | 'rule' | 'dashboard' | 'metadata' | 'generated';

export type QuestionKind =
  | 'prometheus-instant'
  | 'prometheus-range'
  | 'prometheus-names'
  | 'tempo-search'
  | 'tempo-range'
  | 'tempo-instant'
  | 'tempo-trace'
  | 'tempo-names'
  | 'loki-range'
  | 'loki-instant'
  | 'loki-names';

export type Question = {
  readonly askedFor: AskedFor;
  /** Where it stands: `dashboard pipeline › Lag › A`. */
  readonly place: string;
  readonly kind: QuestionKind;
  readonly query: string;
  /** Behind the backend's base URL. */
  readonly path: string;
  readonly parameters: Readonly<Record<string, string>>;
};

export const backendOf = (kind: QuestionKind): QueryBackend => {
  if (kind.startsWith('prometheus')) return 'prometheus';
  return kind.startsWith('tempo') ? 'tempo' : 'loki';
};

type Asked = Pick<Question, 'askedFor' | 'place' | 'query'>;

const seconds = (ms: number): string => String(ms / 1_000);
const nanos = (ms: number): string => `${BigInt(Math.round(ms)) * 1_000_000n}`;

/** A stretch of time in epoch milliseconds and the step in seconds. */
export type Stretch = { readonly fromMs: number; readonly toMs: number; readonly stepSeconds: number };

const widerMs = 120_000;

/** With what was sent to see whether everything works before it began: Loki and Tempo know names, but not exactly when they were used. */
export const widened = (stretch: Stretch): Stretch => ({ ...stretch, fromMs: stretch.fromMs - widerMs, toMs: stretch.toMs + widerMs });

export const prometheusInstant = (asked: Asked, atMs: number, more: Readonly<Record<string, string>> = {}): Question => ({
  ...asked,
  kind: 'prometheus-instant',
  path: '/api/v1/query',
  parameters: { query: asked.query, time: seconds(atMs), ...more },
});

export const prometheusRange = (
  asked: Asked,
  { fromMs, toMs, stepSeconds }: Stretch,
  more: Readonly<Record<string, string>> = {},
): Question => ({
  ...asked,
  kind: 'prometheus-range',
  path: '/api/v1/query_range',
  parameters: { query: asked.query, start: seconds(fromMs), end: seconds(toMs), step: String(stepSeconds), ...more },
});

/** Tempo counts in whole seconds. */
const wholeSeconds = ({ fromMs, toMs }: Stretch) => ({
  start: String(Math.floor(fromMs / 1_000)),
  end: String(Math.ceil(toMs / 1_000)),
});

export const tempoSearch = (asked: Asked, stretch: Stretch, limit: number): Question => ({
  ...asked,
  kind: 'tempo-search',
  path: '/api/search',
  parameters: { q: asked.query, ...wholeSeconds(stretch), limit: String(limit), spss: '100' },
});

/** Tempo answers for a step before the start too, with whatever its blocks hold of it: asked from a minute earlier, where nothing is yet. */
const beforeMs = 60_000;

export const tempoMetrics = (asked: Asked, stretch: Stretch, kind: 'tempo-range' | 'tempo-instant'): Question => ({
  ...asked,
  kind,
  path: kind === 'tempo-range' ? '/api/metrics/query_range' : '/api/metrics/query',
  parameters: {
    q: asked.query,
    ...wholeSeconds({ ...stretch, fromMs: stretch.fromMs - beforeMs }),
    ...(kind === 'tempo-range' ? { step: `${stretch.stepSeconds}s` } : {}),
  },
});

export const tempoTrace = (asked: Omit<Asked, 'query'>, traceId: string): Question => ({
  ...asked,
  query: traceId,
  kind: 'tempo-trace',
  path: `/api/v2/traces/${traceId}`,
  parameters: {},
});

type Direction = 'forward' | 'backward';

export const lokiRange = (
  asked: Asked,
  { fromMs, toMs, stepSeconds }: Stretch,
  limit: number,
  direction: Direction = 'backward',
): Question => ({
  ...asked,
  kind: 'loki-range',
  path: '/loki/api/v1/query_range',
  parameters: {
    query: asked.query,
    start: nanos(fromMs),
    end: nanos(toMs),
    step: `${stepSeconds}s`,
    limit: String(limit),
    direction,
  },
});

export const lokiInstant = (asked: Asked, atMs: number, limit: number): Question => ({
  ...asked,
  kind: 'loki-instant',
  path: '/loki/api/v1/query',
  parameters: { query: asked.query, time: nanos(atMs), limit: String(limit), direction: 'backward' },
});

/** Names and values as Grafana asks for them to fill its variables and editors. */
const names = (
  kind: QuestionKind,
  path: string,
  parameters: Readonly<Record<string, string>>,
  shown: Readonly<Record<string, string>>,
): Question => ({
  askedFor: 'metadata',
  place: path,
  query: Object.values(shown)[0] ?? path,
  kind,
  path,
  parameters: { ...shown, ...parameters },
});

export const prometheusNames = (path: string, { fromMs, toMs }: Stretch, more: Readonly<Record<string, string>>): Question =>
  names('prometheus-names', path, { start: seconds(fromMs), end: seconds(toMs) }, more);

export const tempoNames = (path: string, stretch: Stretch, more: Readonly<Record<string, string>>): Question =>
  names('tempo-names', path, wholeSeconds(stretch), more);

export const lokiNames = (path: string, { fromMs, toMs }: Stretch, more: Readonly<Record<string, string>>): Question =>
  names('loki-names', path, { start: nanos(fromMs), end: nanos(toMs) }, more);
