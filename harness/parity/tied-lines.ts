// Which samples of an answer depend on the order of log lines that bear the same nanosecond. Some senders stamp milliseconds, and a store promises no order among such
// lines: the first of them is nobody's. What does not depend on it is the same in every order, and must be the same in every runtime.
import type { Clock } from '../engine/clock.ts';
import { createRandom } from '../traffic/random.ts';
import { instantQuery, rangeQuery } from '../stack/embedded/logs/api/queries.ts';
import type { LogStore, StoredEntry } from '../stack/embedded/logs/log-store.ts';
import { parametersFrom } from '../stack/embedded/prometheus-api/parameters.ts';
import type { Answer } from './ask-question.ts';
import { roundedSample } from './normalise-loki.ts';
import type { Question } from './question.ts';

type Json = Readonly<Record<string, unknown>>;
type Sample = readonly [at: number, value: string];
type Series = { readonly metric: Readonly<Record<string, string>>; readonly value?: Sample; readonly values?: readonly Sample[] };

const record = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});

/** null: no answer of samples. */
const seriesOf = (body: unknown): readonly Series[] | null => {
  const { resultType, result } = record(record(body)['data']);
  return resultType === 'vector' || resultType === 'matrix' ? (result as readonly Series[]) : null;
};

const labelsText = (metric: Series['metric']): string =>
  JSON.stringify(Object.entries(metric).toSorted(([one], [other]) => (one < other ? -1 : 1)));
const keyOf = ({ metric }: Series, [at]: Sample): string => `${labelsText(metric)} ${at}`;
const samplesOf = ({ value, values }: Series): readonly Sample[] => values ?? (value === undefined ? [] : [value]);

/** How lines of one moment may stand: as they came, the other way round, and shuffled. Lines of different moments keep their places. */
const shuffles = 6;

const orders = (entries: readonly StoredEntry[]): readonly (readonly StoredEntry[])[] => [
  entries,
  entries.toReversed(),
  ...Array.from({ length: shuffles }, (_none, index) => {
    const random = createRandom(index, 'ties');
    return entries
      .map((entry) => [random.int(0, 2 ** 30), entry] as const)
      .toSorted(([one], [other]) => one - other)
      .map(([, entry]) => entry);
  }),
];

export type TiedSamples = (question: Question) => Promise<ReadonlySet<string>>;

/** What an answer's samples are called: labels and time. Nothing for a question that is refused, or is none for samples. */
export const createTiedSamples = (logs: LogStore, clock: Clock): TiedSamples => {
  const orderings = orders([...logs.entries()]).map((entries) => ({ ...logs, entries: () => entries }));
  return async ({ kind, parameters }) => {
    const asked = parametersFrom(new URLSearchParams(parameters));
    const seen = new Map<string, Set<string>>();
    const answers: (readonly Series[])[] = [];
    for (const ordered of orderings) {
      const context = { logs: ordered, clock };
      const body = await (kind === 'loki-instant' ? instantQuery(asked, context) : rangeQuery(asked, '', context)).catch(() => null);
      const series = seriesOf(body);
      if (series === null) return new Set();
      answers.push(series);
    }
    for (const series of answers)
      for (const one of series)
        for (const sample of samplesOf(one))
          seen.set(keyOf(one, sample), (seen.get(keyOf(one, sample)) ?? new Set()).add(roundedSample(sample[1])));
    const always = (key: string): boolean =>
      answers.every((series) => series.some((one) => samplesOf(one).some((s) => keyOf(one, s) === key)));
    return new Set([...seen].filter(([key, values]) => values.size > 1 || !always(key)).map(([key]) => key));
  };
};

/** The answer without these samples, and without series of which nothing is left. */
export const withoutSamples = (answer: Answer, samples: ReadonlySet<string>): Answer => {
  const series = seriesOf(answer.body);
  if (series === null) return answer;
  const { resultType } = record(record(answer.body)['data']);
  const kept = series.flatMap((one): readonly Series[] => {
    const left = samplesOf(one).filter((sample) => !samples.has(keyOf(one, sample)));
    if (left.length === 0) return [];
    return [one.values === undefined ? one : { ...one, values: left }];
  });
  return { ...answer, body: { data: { resultType, result: kept } } };
};
