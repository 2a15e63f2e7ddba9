// A range aggregation at each step of a query: a window slides over the samples of each series.
import type { Labels } from '../../../promql/labels.ts';
import { labelsFromEntries, noLabels } from '../../../promql/labels.ts';
import type { LogQuery, RangeAggregation } from '../syntax/ast.ts';
import { QueryLimit } from '../turn.ts';
import type { Samples } from './extract.ts';
import { overRange } from './over-range.ts';
import type { Sample, Vector } from './sample.ts';

/** Times of steps must not go back. */
export type StepReader = (stepNano: number) => Vector;

/** Samples that one query may look at, over all its steps: a few hundred milliseconds. */
export const maxVisits = 100_000_000;

export type Visits = { spend(count: number): void };

export const createVisits = (most: number): Visits => {
  let spent = 0;
  return {
    spend: (count) => {
      spent += count;
      if (spent > most)
        throw new QueryLimit(
          `the query would look at more than ${most} samples; give a shorter range, a longer step or a narrower selector`,
        );
    },
  };
};

/** Labels that are asked for by `=` name what is absent. */
const absentLabels = ({ matchers }: LogQuery): Labels => {
  const named = new Map<string, string>();
  const unclear = new Set<string>();
  for (const { name, operator, value } of matchers) {
    if (operator === '=' && !named.has(name)) named.set(name, value);
    else unclear.add(name);
  }
  return labelsFromEntries([...named].filter(([name]) => !unclear.has(name)));
};

const isCheap = (operation: string): boolean =>
  ['count_over_time', 'rate', 'first_over_time', 'last_over_time', 'absent_over_time'].includes(operation);

/** `originNano` of the samples and of the steps is the same. */
export const rangeSteps = (aggregation: RangeAggregation, series: readonly Samples[], visits: Visits): StepReader => {
  const { range, operation } = aggregation;
  const apply = overRange(aggregation);
  const lengthNano = range.rangeMs * 1e6;
  const windows = series.map((samples) => ({ ...samples, from: 0, to: 0 }));
  const absent: Sample = { labels: operation === 'absent_over_time' ? absentLabels(range.query) : noLabels, value: 1 };
  return (stepNano) => {
    const end = stepNano - range.offsetMs * 1e6;
    const vector: Sample[] = [];
    visits.spend(windows.length);
    for (const window of windows) {
      const { times } = window;
      while (window.to < times.length && times[window.to]! <= end) window.to += 1;
      while (window.from < window.to && times[window.from]! <= end - lengthNano) window.from += 1;
      if (window.from === window.to) continue;
      if (!isCheap(operation) || range.unwrap !== null) visits.spend(window.to - window.from);
      vector.push({ labels: window.labels, value: apply(times, window.values, window.from, window.to) });
    }
    if (operation !== 'absent_over_time') return vector;
    return vector.length > 0 ? [] : [absent];
  };
};
