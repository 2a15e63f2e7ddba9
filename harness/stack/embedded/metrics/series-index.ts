// Finds series by their labels: for each label and value, which series have it.
import type { Labels } from '../promql/labels.ts';
import { labelEntries } from '../promql/labels.ts';
import type { Matcher } from '../promql/matcher.ts';
import { matchesAll } from '../promql/matcher.ts';
import type { SampleColumn } from './sample-column.ts';
import { bytesOfSeries } from './series-bytes.ts';

/** `gone` once the store has let go of it: whoever kept it must ask again. */
export type Series = { readonly labels: Labels; readonly samples: SampleColumn; gone: boolean };

export type SeriesIndex = {
  readonly size: number;
  /** Of the series, without their samples. */
  readonly bytes: number;
  /** The same, of all that were ever removed. */
  readonly removedBytes: number;
  byKey(key: string): Series | undefined;
  add(series: Series): void;
  remove(series: Series): void;
  /** In the order in which the series came. */
  find(matchers: readonly Matcher[]): Series[];
  all(): Iterable<Series>;
};

type Postings = Map<string, Map<string, Set<Series>>>;

const addPosting = (postings: Postings, name: string, value: string, series: Series): void => {
  const values = postings.get(name) ?? new Map<string, Set<Series>>();
  postings.set(name, values);
  const having = values.get(value) ?? new Set<Series>();
  values.set(value, having);
  having.add(series);
};

const removePosting = (postings: Postings, name: string, value: string, series: Series): void => {
  const values = postings.get(name);
  const having = values?.get(value);
  having?.delete(series);
  if (having?.size === 0) values!.delete(value);
  if (values?.size === 0) postings.delete(name);
};

const none: ReadonlySet<Series> = new Set();

/** The smallest set that must hold every answer; null where no matcher asks for equality with a value. */
const smallestCandidates = (postings: Postings, matchers: readonly Matcher[]): ReadonlySet<Series> | null => {
  let smallest: ReadonlySet<Series> | null = null;
  for (const { name, operator, value } of matchers) {
    if (operator !== '=' || value === '') continue;
    const having: ReadonlySet<Series> = postings.get(name)?.get(value) ?? none;
    if (smallest === null || having.size < smallest.size) smallest = having;
  }
  return smallest;
};

export const createSeriesIndex = (): SeriesIndex => {
  const byKey = new Map<string, Series>();
  const postings: Postings = new Map();
  let [bytes, removedBytes] = [0, 0];
  return {
    get size() {
      return byKey.size;
    },
    get bytes() {
      return bytes;
    },
    get removedBytes() {
      return removedBytes;
    },
    byKey: (key) => byKey.get(key),
    add: (series) => {
      byKey.set(series.labels.key, series);
      bytes += bytesOfSeries(series.labels);
      for (const [name, value] of labelEntries(series.labels)) addPosting(postings, name, value, series);
    },
    remove: (series) => {
      series.gone = true;
      byKey.delete(series.labels.key);
      bytes -= bytesOfSeries(series.labels);
      removedBytes += bytesOfSeries(series.labels);
      for (const [name, value] of labelEntries(series.labels)) removePosting(postings, name, value, series);
    },
    find: (matchers) => {
      const found: Series[] = [];
      for (const series of smallestCandidates(postings, matchers) ?? byKey.values()) {
        if (matchesAll(series.labels, matchers)) found.push(series);
      }
      return found;
    },
    all: () => byKey.values(),
  };
};
