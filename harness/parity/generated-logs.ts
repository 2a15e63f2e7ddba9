// Questions about log lines that nobody wrote down: LogQL by seed from what the recording holds, and the labels and values that Grafana asks for.
import type { RunningStack } from '../stack/running-stack.ts';
import { askQuestion } from './ask-question.ts';
import { logWords, type LogStream } from './log-words.ts';
import { logqlQueries, type LogVocabulary } from './logql-queries.ts';
import { lokiInstant, lokiNames, lokiRange, type Question, widened, type Stretch } from './question.ts';

const mostLines = 5_000;

const dataOf = (body: unknown): unknown => (body as { readonly data?: unknown } | null)?.data;

const everything = '{service_name=~".+"}';

/** What one runtime knows of the recording; the other must know the same, which is asked as metadata. */
export const readLogWords = async (stack: RunningStack, runId: string, stretch: Stretch): Promise<LogVocabulary> => {
  const asked = { askedFor: 'metadata', place: 'lines', query: `${everything} | faultline_run=${JSON.stringify(runId)}` } as const;
  const lines = dataOf((await askQuestion(stack, lokiRange(asked, stretch, mostLines))).body) as { readonly result?: readonly LogStream[] };
  const indexed = dataOf((await askQuestion(stack, lokiNames('/loki/api/v1/labels', stretch, {}))).body) as readonly string[] | undefined;
  return logWords(lines?.result ?? [], indexed ?? []);
};

const labelNames = ['service_name', 'service_instance_id', 'no_such_label'];

export const logMetadataQuestions = ({ selectors }: LogVocabulary, asked: Stretch): readonly Question[] => {
  const stretch = widened(asked);
  return [
    lokiNames('/loki/api/v1/labels', stretch, {}),
    ...labelNames.map((name) => lokiNames(`/loki/api/v1/label/${name}/values`, stretch, {})),
    ...selectors.map((selector) => lokiNames('/loki/api/v1/series', stretch, { 'match[]': selector })),
  ];
};

export const logqlQuestions = (vocabulary: LogVocabulary, stretch: Stretch, seed: number, count: number): readonly Question[] =>
  logqlQueries({ seed, count, vocabulary }).map(({ kind, query, direction }, index) => {
    const asked = { askedFor: 'generated', place: `LogQL ${index + 1} of seed ${seed}`, query } as const;
    if (kind === 'instant') return lokiInstant(asked, stretch.toMs - 2_000, mostLines);
    return lokiRange(asked, { ...stretch, stepSeconds: 2 }, mostLines, direction);
  });
