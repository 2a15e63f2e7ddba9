// Answers of Prometheus' API, compared as numbers: series by their labels, samples by their times, values to nine digits. Pure.

type Json = Readonly<Record<string, unknown>>;
type RawSample = readonly [number, string];
type RawSeries = { readonly metric?: Readonly<Record<string, string>>; readonly value?: RawSample; readonly values?: readonly RawSample[] };

export type PrometheusAnswer = { readonly status: number; readonly body: unknown };

const record = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});

const special: Readonly<Record<string, number>> = { NaN: Number.NaN, '+Inf': Infinity, '-Inf': -Infinity };
const numberOf = (text: string): number => special[text] ?? Number(text);

const relativeTolerance = 1e-9;
/** Sums in another order leave this much of values around 1; nothing that a panel shows. */
const absoluteTolerance = 1e-12;

export const sameValue = (one: number, other: number): boolean => {
  if (Object.is(one, other) || one === other) return true;
  if (Number.isNaN(one) || Number.isNaN(other)) return false;
  if (!Number.isFinite(one) || !Number.isFinite(other)) return false;
  return Math.abs(one - other) <= absoluteTolerance + relativeTolerance * Math.max(Math.abs(one), Math.abs(other));
};

/** Labels that count_values makes of values: of nine digits, as values are. */
const madeLabels = (query: string): ReadonlySet<string> =>
  new Set(
    Array.from(query.matchAll(/\bcount_values\b\s*(?:(?:by|without)\s*\([^)]*\)\s*)?\(\s*(["'])(\w+)\1/g), ([, , name = '']) => name),
  );

const rounded = (text: string): string =>
  Number.isFinite(Number(text)) && text !== '' ? String(Number(Number(text).toPrecision(9))) : text;

const keyOf = (labels: Readonly<Record<string, string>> = {}, made: ReadonlySet<string>): string =>
  JSON.stringify(
    Object.entries(labels)
      .map(([name, value]) => [name, made.has(name) ? rounded(value) : value] as const)
      .toSorted(([one], [other]) => (one < other ? -1 : 1)),
  );

type Points = ReadonlyMap<number, number>;

const pointsOf = ({ value, values }: RawSeries): Points =>
  new Map((value === undefined ? (values ?? []) : [value]).map(([at, text]) => [at, numberOf(text)]));

const pointDifference = (name: string, one: Points, other: Points): string | null => {
  for (const at of new Set([...one.keys(), ...other.keys()])) {
    const [left, right] = [one.get(at), other.get(at)];
    if (left === undefined || right === undefined) return `${name} at ${at}: ${left ?? 'nothing'} against ${right ?? 'nothing'}`;
    if (!sameValue(left, right)) return `${name} at ${at}: ${left} against ${right}`;
  }
  return null;
};

/** Series whose made labels are the same but for their last digits stay series of their own: numbered by how many there are. */
const seriesMap = (result: unknown, made: ReadonlySet<string>): ReadonlyMap<string, Points> => {
  const found = new Map<string, Points>();
  for (const series of Array.isArray(result) ? (result as readonly RawSeries[]) : []) {
    let key = keyOf(series.metric, made);
    while (found.has(key)) key += ' again';
    found.set(key, pointsOf(series));
  }
  return found;
};

const seriesDifference = (query: string, one: unknown, other: unknown): string | null => {
  const made = madeLabels(query);
  const [left, right] = [seriesMap(one, made), seriesMap(other, made)];
  for (const key of new Set([...left.keys(), ...right.keys()])) {
    const [mine, theirs] = [left.get(key), right.get(key)];
    if (mine === undefined || theirs === undefined) return `series ${key} only in ${mine === undefined ? 'the second' : 'the first'}`;
    const difference = pointDifference(key, mine, theirs);
    if (difference !== null) return difference;
  }
  return null;
};

/** Of series that are worth the same, topk and bottomk keep any: then only the values count. */
const tiedDifference = (one: unknown, other: unknown): string | null => {
  const valuesAt = (result: unknown): ReadonlyMap<number, readonly number[]> => {
    const found = new Map<number, number[]>();
    for (const points of seriesMap(result, new Set()).values())
      for (const [at, value] of points) found.set(at, [...(found.get(at) ?? []), value]);
    return found;
  };
  const [left, right] = [valuesAt(one), valuesAt(other)];
  for (const at of new Set([...left.keys(), ...right.keys()])) {
    const sorted = (values: readonly number[] = []) => values.toSorted((a, b) => a - b);
    const [mine, theirs] = [sorted(left.get(at)), sorted(right.get(at))];
    const same = mine.length === theirs.length && mine.every((value, index) => sameValue(value, theirs[index] ?? Number.NaN));
    if (!same) return `at ${at}: ${mine.join(' ')} against ${theirs.join(' ')}`;
  }
  return null;
};

const noted = (body: unknown): string =>
  ['warnings', 'infos']
    .map((kind) => {
      const notes = record(body)[kind];
      return Array.isArray(notes) ? notes.map(String).toSorted().join('; ') : '';
    })
    .join(' | ');

const resultDifference = (query: string, one: Json, other: Json): string | null => {
  if (one['resultType'] !== other['resultType']) return `a ${String(one['resultType'])} against a ${String(other['resultType'])}`;
  if (one['resultType'] === 'scalar' || one['resultType'] === 'string') {
    const [left, right] = [one['result'] as RawSample, other['result'] as RawSample];
    const same = left[0] === right[0] && (left[1] === right[1] || sameValue(numberOf(left[1]), numberOf(right[1])));
    return same ? null : `${left.join(' ')} against ${right.join(' ')}`;
  }
  const difference = seriesDifference(query, one['result'], other['result']);
  if (difference === null || !/\b(topk|bottomk)\b/.test(query)) return difference;
  return tiedDifference(one['result'], other['result']) === null ? null : difference;
};

/** null: both say the same. Refusals are the same when their status and kind are; their words may differ. */
export const prometheusDifference = (query: string, one: PrometheusAnswer, other: PrometheusAnswer): string | null => {
  const [left, right] = [record(one.body), record(other.body)];
  if (one.status !== other.status || left['errorType'] !== right['errorType']) {
    const told = ({ status }: PrometheusAnswer, body: Json) => `${status} ${JSON.stringify(body['error'] ?? 'with a result')}`;
    return `${told(one, left)} against ${told(other, right)}`;
  }
  if (one.status !== 200) return null;
  const difference = resultDifference(query, record(left['data']), record(right['data']));
  if (difference !== null) return difference;
  const [mine, theirs] = [noted(left), noted(right)];
  return mine === theirs ? null : `notes: ${mine} against ${theirs}`;
};
