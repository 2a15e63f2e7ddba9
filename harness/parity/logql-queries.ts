// LogQL queries by seed over a vocabulary, for asking two stores the same: every operator, stage and aggregation that the embedded stack has. Pure.
import { createRandom } from '../traffic/random.ts';
import type { Random } from '../traffic/random.ts';
import { logPipeline } from './logql-pipelines.ts';
import { metricQuery } from './logql-metrics.ts';

/** Lines that a parser reads, and what kinds of values its labels have. */
export type LogFormat = {
  readonly selector: string;
  readonly parser: 'json' | 'logfmt';
  readonly texts: readonly string[];
  readonly numbers: readonly string[];
  readonly durations: readonly string[];
  readonly sizes: readonly string[];
  readonly addresses: readonly string[];
};

export type LogVocabulary = {
  readonly selectors: readonly string[];
  /** Structured metadata, with values that occur and some that do not. */
  readonly labels: Readonly<Record<string, readonly string[]>>;
  /** Structured metadata whose values are numbers. */
  readonly numbers: readonly string[];
  readonly words: readonly string[];
  /** Of the parser `pattern`. */
  readonly patterns: readonly string[];
  readonly formats: readonly LogFormat[];
  readonly addresses: readonly string[];
};

export type LogqlWords = { readonly random: Random; readonly vocabulary: LogVocabulary };

export type LogqlQuery = {
  readonly kind: 'lines' | 'instant' | 'range';
  readonly query: string;
  readonly direction: 'forward' | 'backward';
};

export type LogqlOptions = { readonly seed: number; readonly count: number; readonly vocabulary: LogVocabulary };

export const logqlQueries = ({ seed, count, vocabulary }: LogqlOptions): readonly LogqlQuery[] => {
  const words = { random: createRandom(seed, 'logql'), vocabulary };
  return Array.from({ length: count }, (): LogqlQuery => {
    const { random } = words;
    const kind = random.pick(['lines', 'instant', 'range'] as const);
    const query = kind === 'lines' ? logPipeline(words) : metricQuery(words, 2);
    return { kind, query, direction: random.pick(['forward', 'backward'] as const) };
  });
};
