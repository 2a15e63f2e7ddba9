// Warnings and infos that a query earns, each once, with the place in the query. They go with the result; they never change it.
import { formatGeneralFloat } from './float-text.ts';
import { lineAndColumn } from './promql-error.ts';

type Level = 'warning' | 'info';

type Note = { readonly level: Level; readonly text: string; readonly from: number; readonly detail: () => string };

export type ForcedMonotonicity = {
  readonly minBucket: number;
  readonly maxBucket: number;
  readonly maxDifference: number;
  readonly timeMs: number;
};

export type Annotations = {
  warn(text: string, from: number): void;
  info(text: string, from: number): void;
  forcedMonotonicity(found: ForcedMonotonicity, from: number): void;
  /** As the HTTP API gives them; at most `limit` of each, the rest counted (0: all). */
  texts(query: string, limit: number): { readonly warnings: string[]; readonly infos: string[] };
};

const forcedText =
  'input to histogram_quantile needed to be fixed for monotonicity (see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)';

const secondsText = (timeMs: number): string => new Date(Math.floor(timeMs / 1000) * 1000).toISOString().replace('.000', '');

type ForcedSum = { minBucket: number; maxBucket: number; maxDifference: number; fromMs: number; toMs: number; samples: number };

const noneForced = (): ForcedSum => ({
  minBucket: Infinity,
  maxBucket: -Infinity,
  maxDifference: 0,
  fromMs: Infinity,
  toMs: -Infinity,
  samples: 0,
});

const addForced = (sum: ForcedSum, found: ForcedMonotonicity): void => {
  sum.minBucket = Math.min(sum.minBucket, found.minBucket);
  sum.maxBucket = Math.max(sum.maxBucket, found.maxBucket);
  sum.maxDifference = Math.max(sum.maxDifference, found.maxDifference);
  sum.fromMs = Math.min(sum.fromMs, found.timeMs);
  sum.toMs = Math.max(sum.toMs, found.timeMs);
  sum.samples += 1;
};

const forcedDetail = (sum: ForcedSum): string => {
  const buckets = `from buckets ${formatGeneralFloat(sum.minBucket)} to ${formatGeneralFloat(sum.maxBucket)}`;
  const difference = formatGeneralFloat(Number(sum.maxDifference.toPrecision(2)));
  return `, ${buckets}, with a max diff of ${difference}, over ${sum.samples} samples from ${secondsText(sum.fromMs)} to ${secondsText(sum.toMs)}`;
};

const limited = (texts: string[], limit: number, level: Level): string[] =>
  limit > 0 && texts.length > limit ? [...texts.slice(0, limit), `${texts.length - limit} more ${level} annotations omitted`] : texts;

export const createAnnotations = (): Annotations => {
  const notes = new Map<string, Note>();
  const forced = noneForced();
  const add = (level: Level, text: string, from: number, detail = (): string => ''): void => {
    notes.set(`${level} ${text}`, { level, text, from, detail });
  };
  return {
    warn: (text, from) => add('warning', text, from),
    info: (text, from) => add('info', text, from),
    forcedMonotonicity: (found, from) => {
      addForced(forced, found);
      add('info', forcedText, from, () => forcedDetail(forced));
    },
    texts: (query, limit) => {
      const of = (level: Level): string[] =>
        [...notes.values()]
          .filter((note) => note.level === level)
          .map((note) => `PromQL ${level}: ${note.text}${note.detail()} (${lineAndColumn(query, note.from)})`);
      return { warnings: limited(of('warning'), limit, 'warning'), infos: limited(of('info'), limit, 'info') };
    },
  };
};
