// OTLP's metric names -> Prometheus', as its OTLP endpoint does by default (UnderscoreEscapingWithSuffixes).
// Source of the rules: https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#metric-metadata-1

const units: ReadonlyMap<string, string> = new Map(
  Object.entries({
    d: 'days',
    h: 'hours',
    min: 'minutes',
    s: 'seconds',
    ms: 'milliseconds',
    us: 'microseconds',
    ns: 'nanoseconds',
    By: 'bytes',
    KiBy: 'kibibytes',
    MiBy: 'mebibytes',
    GiBy: 'gibibytes',
    TiBy: 'tibibytes',
    KBy: 'kilobytes',
    MBy: 'megabytes',
    GBy: 'gigabytes',
    TBy: 'terabytes',
    m: 'meters',
    V: 'volts',
    A: 'amperes',
    J: 'joules',
    W: 'watts',
    g: 'grams',
    Cel: 'celsius',
    Hz: 'hertz',
    '1': '',
    '%': 'percent',
  }),
);

const perUnits: ReadonlyMap<string, string> = new Map(
  Object.entries({ s: 'second', m: 'minute', h: 'hour', d: 'day', w: 'week', mo: 'month', y: 'year' }),
);

export type MetricKind = 'gauge' | 'monotonic-sum' | 'sum' | 'histogram' | 'summary';

const clean = (unit: string): string =>
  unit
    .replaceAll(/[^A-Za-z0-9:]/g, '_')
    .replaceAll(/_+/g, '_')
    .replace(/^_/, '');

/** Annotations in braces, as {request}, are no unit. */
const translated = (unit: string, known: ReadonlyMap<string, string>): string =>
  unit === '' || /[{}]/.test(unit) ? '' : clean(known.get(unit) ?? unit);

const unitSuffixes = (unit: string): { readonly main: string; readonly per: string } => {
  const slash = unit.indexOf('/');
  const main = translated((slash < 0 ? unit : unit.slice(0, slash)).trim(), units);
  const per = slash < 0 ? '' : translated(unit.slice(slash + 1).trim(), perUnits);
  return { main, per: per === '' ? '' : `per_${per}`.replace(/_$/, '') };
};

/** "By/s" -> "bytes_per_second"; for the metadata. */
export const unitName = (unit: string): string => {
  const { main, per } = unitSuffixes(unit);
  return [main, per]
    .filter((part) => part !== '')
    .join('_')
    .replaceAll(/^_|_$/g, '');
};

const withLast = (tokens: readonly string[], last: string): string[] => [...tokens.filter((token) => token !== last), last];

const unitTokens = (tokens: readonly string[], unit: string): string[] => {
  const { main, per } = unitSuffixes(unit);
  const newPer = tokens.includes(per) ? '' : per;
  const newMain = tokens.includes(main) ? '' : newPer === '' ? main : main.replace(/_$/, '');
  return [...tokens, newMain, newPer].filter((token) => token !== '');
};

/** null for a name of which nothing is left. */
export const metricName = (name: string, unit: string, kind: MetricKind): string | null => {
  let tokens = name.split(/[^A-Za-z0-9:]+/).filter((token) => token !== '');
  tokens = unitTokens(tokens, unit);
  if (kind === 'monotonic-sum') tokens = withLast(tokens, 'total');
  if (kind === 'gauge' && unit === '1') tokens = withLast(tokens, 'ratio');
  const joined = tokens.join('_');
  if (joined === '') return null;
  return /^\d/.test(joined) ? `_${joined}` : joined;
};
