// Whether two answers of Loki's API to one question say the same: what lines at one nanosecond are ordered by is nobody's promise, nor which of them a limit cuts off.
import type { Answer } from './ask-question.ts';
import { lokiDifference } from './normalise-loki.ts';
import type { Question } from './question.ts';

type Stream = { readonly stream: unknown; readonly values: readonly (readonly string[])[] };
type Json = Readonly<Record<string, unknown>>;

const record = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});

const streamsOf = (body: unknown): readonly Stream[] | null => {
  const { resultType, result } = record(record(body)['data']);
  return resultType === 'streams' && Array.isArray(result) ? (result as readonly Stream[]) : null;
};

const byTimeAndText = (one: readonly string[], other: readonly string[]): number => (one.join(' ') < other.join(' ') ? -1 : 1);

/** The last moment before a limit: of its lines some may be missing, on either side. */
const cutAt = (streams: readonly Stream[], limit: number, isForward: boolean): string | null => {
  const times = streams.flatMap(({ values }) => values.map(([at = '']) => at)).toSorted();
  return times.length < limit ? null : ((isForward ? times.at(-1) : times[0]) ?? null);
};

/** Lines that were told apart by a label alone and have lost it: of those Loki leaves some out, as if they had been sent twice. */
const distinct = (values: readonly (readonly string[])[], { query }: Question): readonly (readonly string[])[] =>
  /\|\s*(?:keep|drop)\b/.test(query)
    ? values.filter((value, index) => index === 0 || value.join(' ') !== values[index - 1]?.join(' '))
    : values;

const ordered = (answer: Answer, question: Question): Answer => {
  const { parameters } = question;
  const streams = streamsOf(answer.body);
  if (streams === null) return answer;
  const cut = cutAt(streams, Number(parameters['limit'] ?? 100), parameters['direction'] === 'forward');
  const kept = streams
    .map(({ stream, values }) => ({ stream, values: distinct(values.filter(([at]) => at !== cut).toSorted(byTimeAndText), question) }))
    .filter(({ values }) => values.length > 0);
  return { ...answer, body: { data: { resultType: 'streams', result: kept } } };
};

export const lokiAnswersDiffer = (question: Question, one: Answer, other: Answer): string | null =>
  lokiDifference(question.query, ordered(one, question), ordered(other, question));
