// Answers of Loki's API without what means nothing: statistics, the order of series, the last digits of a float. Pure.

type Json = Readonly<Record<string, unknown>>;
type RawSample = readonly [number, string];
type RawSeries = {
  readonly metric?: Readonly<Record<string, string>>;
  readonly stream?: Readonly<Record<string, string>>;
  readonly value?: RawSample;
  readonly values?: readonly (readonly unknown[])[];
};

const record = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});

/** What a template says of its failure is Go's own, down to line and column: only that it failed is compared. */
const isTelling = (labels: Readonly<Record<string, string>>, name: string): boolean =>
  name !== '__error_details__' || labels['__error__'] !== 'TemplateFormatErr';

const sorted = (labels: Readonly<Record<string, string>> = {}): string =>
  JSON.stringify(
    Object.entries(labels)
      .filter(([name]) => isTelling(labels, name))
      .toSorted(([one], [other]) => (one < other ? -1 : 1)),
  );

/** Sums in another order differ in their last digits. What is nothing but such a rest is 0. */
export const roundedSample = (text: string): string => {
  const value = Number(text.replace('Inf', 'Infinity'));
  if (!Number.isFinite(value)) return text;
  return Math.abs(value) < 1e-9 ? '0' : String(Number(value.toPrecision(9)));
};

const seriesOf = (result: unknown): readonly RawSeries[] => (Array.isArray(result) ? (result as readonly RawSeries[]) : []);

const samplesOf = ({ value, values }: RawSeries): readonly unknown[] =>
  (value === undefined ? (values ?? []) : [value]).map(([at, text]) => [at, roundedSample(String(text))]);

const byLabels = (entries: readonly (readonly [string, unknown])[]): Json =>
  Object.fromEntries(entries.toSorted(([one], [other]) => (one < other ? -1 : 1)));

/** `data` in a form that two stores agree on exactly when they say the same. */
export const normaliseLoki = (body: unknown): unknown => {
  const data = record(record(body)['data'] ?? body);
  const { resultType, result } = data;
  if (resultType === 'streams') return { resultType, result: byLabels(seriesOf(result).map((one) => [sorted(one.stream), one.values])) };
  // The time that Loki 3.7 gives to a scalar is that of no question: its nanoseconds are counted wrongly.
  if (resultType === 'scalar') return { resultType, result: roundedSample(String((result as RawSample)[1])) };
  if (resultType === 'vector' || resultType === 'matrix')
    return { resultType, result: byLabels(seriesOf(result).map((one) => [sorted(one.metric), samplesOf(one)])) };
  const list = record(body)['data'];
  return Array.isArray(list)
    ? list.map((item) => (typeof item === 'string' ? item : sorted(record(item) as Readonly<Record<string, string>>))).toSorted()
    : (list ?? body);
};

const valuesByTime = (body: unknown): Json => {
  const found = new Map<string, string[]>();
  for (const series of seriesOf(record(record(body)['data'])['result'])) {
    for (const sample of samplesOf(series)) {
      const [at, value] = sample as RawSample;
      found.set(String(at), [...(found.get(String(at)) ?? []), value].sort());
    }
  }
  return byLabels([...found]);
};

const keepsAny = (query: string): boolean => /\b(?:topk|bottomk)\b/.test(query);

export type LokiAnswer = { readonly status: number; readonly body: unknown };

const shown = (value: unknown): string => JSON.stringify(value).slice(0, 400);

/** null: both say the same. A refusal is the same as any other: each says why in words of its own. */
export const lokiDifference = (query: string, one: LokiAnswer, other: LokiAnswer): string | null => {
  const [isGood, isOtherGood] = [one.status === 200, other.status === 200];
  if (isGood !== isOtherGood) return `${one.status} ${shown(one.body)} against ${other.status} ${shown(other.body)}`;
  if (!isGood) return null;
  const [left, right] = [shownWhole(normaliseLoki(one.body)), shownWhole(normaliseLoki(other.body))];
  if (left === right) return null;
  // Of series that are worth the same, topk and bottomk keep any.
  if (keepsAny(query) && shownWhole(valuesByTime(one.body)) === shownWhole(valuesByTime(other.body))) return null;
  const at = Array.from(left).findIndex((character, index) => character !== right[index]);
  const from = Math.max(0, at - 60);
  return `…${left.slice(from, at + 120)} against …${right.slice(from, at + 120)}`;
};

const shownWhole = (value: unknown): string => JSON.stringify(value);
