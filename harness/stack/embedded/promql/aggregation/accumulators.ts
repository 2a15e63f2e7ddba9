// One running value for each step of a group. Series are added in their order, each over all of its steps.
import type { AggregationOperator } from '../syntax/ast.ts';
import type { Mean } from './mean.ts';
import { addToMean, createMean, meanOf } from './mean.ts';
import { quantileOf } from './quantile.ts';

/** `met` is 1 for a step that has had a value; adding a series sets it for those of its own. */
export type Accumulator = { addSeries(series: Points, met: Uint8Array): void; result(step: number): number };

type Points = { readonly values: Float64Array; readonly present: Uint8Array };

type AddOne = (step: number, value: number, first: boolean) => void;

/** `first` is true for the step's first value. */
const stepByStep =
  (add: AddOne): Accumulator['addSeries'] =>
  ({ values, present }, met) => {
    for (let step = 0; step < present.length; step += 1) {
      if (present[step] === 0) continue;
      add(step, values[step]!, met[step] === 0);
      met[step] = 1;
    }
  };

/** Compensated as compensated-sum.ts has it, with its own loop: sums over many series are what dashboards ask for most. */
const createSum = (steps: number): Accumulator => {
  const sums = new Float64Array(steps);
  const compensations = new Float64Array(steps);
  const addSeries = ({ values, present }: Points, met: Uint8Array): void => {
    for (let step = 0; step < present.length; step += 1) {
      if (present[step] === 0) continue;
      const value = values[step]!;
      if (met[step] === 0) {
        sums[step] = value;
        met[step] = 1;
        continue;
      }
      const sum = sums[step]!;
      const next = sum + value;
      sums[step] = next;
      if (Math.abs(next) === Infinity) compensations[step] = 0;
      else compensations[step]! += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    }
  };
  return { addSeries, result: (step) => sums[step]! + compensations[step]! };
};

const createAverage = (): Accumulator => {
  const means: Mean[] = [];
  return {
    addSeries: stepByStep((step, value) => addToMean((means[step] ??= createMean()), value)),
    result: (step) => meanOf(means[step]!),
  };
};

const createExtreme = (steps: number, beats: (value: number, best: number) => boolean): Accumulator => {
  const best = new Float64Array(steps);
  return {
    addSeries: stepByStep((step, value, first) => {
      if (first || beats(value, best[step]!) || Number.isNaN(best[step]!)) best[step] = value;
    }),
    result: (step) => best[step]!,
  };
};

const createCount = (steps: number): Accumulator => {
  const counts = new Float64Array(steps);
  return {
    addSeries: stepByStep((step) => {
      counts[step]! += 1;
    }),
    result: (step) => counts[step]!,
  };
};

/** Welford's method. An infinity or NaN as first value makes the result NaN. */
const createVariance = (steps: number, finish: (variance: number) => number): Accumulator => {
  const [counts, means, squares] = [new Float64Array(steps), new Float64Array(steps), new Float64Array(steps)];
  return {
    addSeries: stepByStep((step, value, first) => {
      counts[step]! += 1;
      if (first) {
        means[step] = value;
        squares[step] = Number.isFinite(value) ? 0 : NaN;
        return;
      }
      const delta = value - means[step]!;
      means[step]! += delta / counts[step]!;
      squares[step]! += delta * (value - means[step]!);
    }),
    result: (step) => finish(squares[step]! / counts[step]!),
  };
};

const createQuantile = (parameter: Float64Array): Accumulator => {
  const lists: number[][] = [];
  return {
    addSeries: stepByStep((step, value) => void (lists[step] ??= []).push(value)),
    result: (step) => quantileOf(parameter[step]!, lists[step]!),
  };
};

export type PlainOperator = Exclude<AggregationOperator, 'topk' | 'bottomk' | 'count_values'>;

/** `parameter` is quantile's; others do not look at it. */
export const createAccumulator = (operator: PlainOperator, steps: number, parameter: Float64Array): Accumulator => {
  switch (operator) {
    case 'sum':
      return createSum(steps);
    case 'avg':
      return createAverage();
    case 'min':
      return createExtreme(steps, (value, best) => value < best);
    case 'max':
      return createExtreme(steps, (value, best) => value > best);
    case 'count':
      return createCount(steps);
    case 'group':
      return { addSeries: stepByStep(() => undefined), result: () => 1 };
    case 'stdvar':
      return createVariance(steps, (variance) => variance);
    case 'stddev':
      return createVariance(steps, Math.sqrt);
    case 'quantile':
      return createQuantile(parameter);
  }
};
