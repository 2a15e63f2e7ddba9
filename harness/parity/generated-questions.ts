// Questions that nobody wrote down, in all three languages, with the words that the recording holds.
import { HarnessError } from '../engine/errors.ts';
import type { RunningStack } from '../stack/running-stack.ts';
import { logMetadataQuestions, logqlQuestions, readLogWords } from './generated-logs.ts';
import { metadataQuestions, promqlQuestions, readVocabulary } from './generated-metrics.ts';
import { readTraceWords, traceMetadataQuestions, traceqlQuestions } from './generated-traces.ts';
import type { Question, Stretch } from './question.ts';
import { severalValued } from './trace-words.ts';

export type GeneratedOptions = {
  /** Whom the words are asked of. */
  readonly stack: RunningStack;
  readonly runId: string;
  readonly stretch: Stretch;
  readonly seed: number;
  readonly generated: number;
};

export type GeneratedQuestions = {
  readonly questions: readonly Question[];
  /** Keys of which a span may have several values. */
  readonly several: ReadonlySet<string>;
};

const share = 5;
const fewest = 100;

/** Of LogQL and TraceQL a fifth each, but no less than 100 unless less is asked for altogether. */
export const countOfOthers = (generated: number): number => Math.min(generated, Math.max(fewest, Math.ceil(generated / share)));

const nothing = (what: string): HarnessError =>
  new HarnessError(
    'FL_USAGE',
    `the recording holds no ${what}: there is nothing to compare. Record a run that makes some: npm run verify -- --record`,
  );

export const generatedQuestions = async ({ stack, runId, stretch, seed, generated }: GeneratedOptions): Promise<GeneratedQuestions> => {
  const metrics = await readVocabulary(stack, runId, stretch);
  if (metrics.length === 0) throw nothing('metric');
  const traces = await readTraceWords(stack, runId, stretch);
  if (traces.traceIds.length === 0) throw nothing('trace');
  const logs = await readLogWords(stack, runId, stretch);
  if (Object.keys(logs.labels).length === 0) throw nothing('log line');
  const others = countOfOthers(generated);
  return {
    questions: [
      ...metadataQuestions(metrics, runId, stretch),
      ...traceMetadataQuestions(traces, runId, stretch),
      ...logMetadataQuestions(logs, stretch),
      ...promqlQuestions(metrics, stretch, seed, generated),
      ...traceqlQuestions(traces, stretch, seed, others),
      ...logqlQuestions(logs, stretch, seed, others),
    ],
    several: severalValued(traces),
  };
};
