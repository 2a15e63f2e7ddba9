// Questions about metrics that nobody wrote down: PromQL by seed from the names, labels and values that the recording holds, and what Grafana asks for.
import type { RunningStack } from '../stack/running-stack.ts';
import { askQuestion } from './ask-question.ts';
import { metricVocabulary, type MetricVocabulary } from './metric-vocabulary.ts';
import { promqlQueries } from './promql-queries.ts';
import { prometheusInstant, prometheusNames, prometheusRange, type Question, widened, type Stretch } from './question.ts';

/** Of the run alone: a real stack also holds what proved that it answers. */
const ofRun = (runId: string): string => `faultline_run=${JSON.stringify(runId)}`;

const seriesQuestion = (matcher: string, stretch: Stretch): Question => prometheusNames('/api/v1/series', stretch, { 'match[]': matcher });

/** What the embedded runtime knows of the recording; the real one must know the same, which is asked as metadata. */
export const readVocabulary = async (stack: RunningStack, runId: string, stretch: Stretch): Promise<MetricVocabulary> => {
  const { body } = await askQuestion(stack, seriesQuestion(`{${ofRun(runId)}}`, stretch));
  const { data } = (body ?? {}) as { readonly data?: readonly Readonly<Record<string, string>>[] };
  return metricVocabulary(data ?? []);
};

/** Names, labels and values as Grafana asks for them to fill its variables. */
export const metadataQuestions = (vocabulary: MetricVocabulary, runId: string, asked: Stretch): readonly Question[] => {
  const stretch = widened(asked);
  return [
    prometheusNames('/api/v1/labels', stretch, { 'match[]': `{${ofRun(runId)}}` }),
    ...['__name__', 'job', 'instance', 'faultline_run', 'faultline_scenario', 'no_such_label'].map((label) =>
      prometheusNames(`/api/v1/label/${label}/values`, stretch, { 'match[]': `{${ofRun(runId)}}` }),
    ),
    ...vocabulary.map(({ name }) => seriesQuestion(`${name}{${ofRun(runId)}}`, stretch)),
  ];
};

export const promqlQuestions = (vocabulary: MetricVocabulary, stretch: Stretch, seed: number, count: number): readonly Question[] =>
  promqlQueries({ seed, count, vocabulary, fromMs: stretch.fromMs, toMs: stretch.toMs }).map(({ kind, query }, index) => {
    const asked = { askedFor: 'generated', place: `PromQL ${index + 1} of seed ${seed}`, query } as const;
    return kind === 'instant' ? prometheusInstant(asked, stretch.toMs - 2_000) : prometheusRange(asked, { ...stretch, stepSeconds: 2 });
  });
