// The figures of what storing much costs. Pure.
import { figure, type Figure } from '../figure.ts';

export type Costs = {
  readonly onePerSecond: number;
  readonly oneP99Ms: number;
  readonly batchesPerSecond: number;
  readonly freshnessMs: number;
};

/** At most 1.25 times the cost: a rate of 0.8. */
const most = 1.25;
/** Two runs of the same differ by as much at this height: below it no ratio says anything. */
const noiseMs = 20;

export const storedFigures = (stored: number, filled: Costs, empty: readonly Costs[]): readonly Figure[] => {
  const mean = (of: keyof Costs): number => empty.reduce((sum, costs) => sum + costs[of], 0) / empty.length;
  const against = (of: keyof Costs) => ({ what: 'the mean of an empty database before and one after', value: mean(of) });
  const rate = { of: 'ratio', atLeast: 1 / most } as const;
  const where = `with ${stored} events stored`;
  const freshest = mean('freshnessMs');
  const freshnessName = `freshness p99 at 500 events/s ${where} (bound: ${most} times that of the empty ones, or ${noiseMs} ms more)`;
  const atMost = Math.round(Math.max(freshest * most, freshest + noiseMs));
  return [
    figure(`ingest, batches of 100, ${where}`, filled.batchesPerSecond, 'events/s', against('batchesPerSecond'), rate),
    figure(`ingest, one event a request, ${where}`, filled.onePerSecond, 'events/s', against('onePerSecond'), rate),
    figure(`its p99 ${where}`, filled.oneP99Ms, 'ms', against('oneP99Ms'), null),
    figure(freshnessName, filled.freshnessMs, 'ms', against('freshnessMs'), { of: 'value', atMost }),
  ];
};
