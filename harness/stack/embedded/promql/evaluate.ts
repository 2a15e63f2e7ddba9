// PromQL, as a stock Prometheus 3 evaluates it: a pure function of the query, the time and the stored samples.
// Not done, and refused by name and position: native histograms, functions and modifiers that Prometheus keeps behind a feature flag.
import { createAnnotations } from './annotations.ts';
import { createBudget } from './engine/budget.ts';
import type { Labels } from './labels.ts';
import { compareLabels, noLabels } from './labels.ts';
import { PromqlError } from './promql-error.ts';
import type { Storage } from './storage.ts';
import type { Node } from './syntax/ast.ts';
import { documentedType, typeOf } from './syntax/check-types.ts';
import { parseOnce } from './syntax/parse-once.ts';
import { evaluateNode } from './engine/evaluate-node.ts';
import type { Column, Grid, Value } from './engine/value.ts';
import { timeAtStep } from './engine/value.ts';

/** Whole milliseconds since 1970. A range has its steps from `startMs` on, as long as they are not past `endMs`. */
export type EvaluationTime =
  | { readonly kind: 'instant'; readonly timeMs: number }
  | { readonly kind: 'range'; readonly startMs: number; readonly endMs: number; readonly stepMs: number };

export type EvaluationOptions = {
  /** How old a sample may be and still stand for "now". Default 300,000. */
  readonly lookbackMs?: number;
  /** Step of a subquery that names none: Prometheus' evaluation interval. Default 60,000. */
  readonly defaultSubqueryStepMs?: number;
  /** Samples that a query may hold and read. Default 50,000,000. */
  readonly maxSamples?: number;
  /** Default 120,000. Needs `nowMs`. */
  readonly timeoutMs?: number;
  /** A clock, for the time limit alone. Without one there is none. */
  readonly nowMs?: () => number;
};

export type Point = { readonly timeMs: number; readonly value: number };
export type ResultSeries = { readonly labels: Labels; readonly points: readonly Point[] };

export type Result =
  | { readonly type: 'vector'; readonly samples: readonly ({ readonly labels: Labels } & Point)[] }
  | { readonly type: 'matrix'; readonly series: readonly ResultSeries[] }
  | ({ readonly type: 'scalar' } & Point)
  | { readonly type: 'string'; readonly timeMs: number; readonly text: string };

export type Evaluation = { readonly result: Result; readonly warnings: readonly string[]; readonly infos: readonly string[] };

/** As many annotations of a kind as Prometheus sends. */
const maxAnnotations = 10;

const gridOf = (time: EvaluationTime): Grid => {
  if (time.kind === 'instant') return { startMs: time.timeMs, stepMs: 1, steps: 1 };
  if (!(time.stepMs > 0) || time.endMs < time.startMs) {
    throw new PromqlError('bad_data', `range from ${time.startMs} to ${time.endMs} ms by ${time.stepMs} ms has no steps`);
  }
  return { startMs: time.startMs, stepMs: time.stepMs, steps: Math.floor((time.endMs - time.startMs) / time.stepMs) + 1 };
};

const pointsOf = (column: Column, grid: Grid): Point[] => {
  const points: Point[] = [];
  for (let step = 0; step < grid.steps; step += 1) {
    if (column.present[step] === 1) points.push({ timeMs: timeAtStep(grid, step), value: column.values[step]! });
  }
  return points;
};

const instantResult = (value: Value, timeMs: number): Result => {
  switch (value.type) {
    case 'scalar':
      return { type: 'scalar', timeMs, value: value.values[0]! };
    case 'string':
      return { type: 'string', timeMs, text: value.text };
    case 'vector':
      return { type: 'vector', samples: value.columns.map(({ labels, values }) => ({ labels, timeMs, value: values[0]! })) };
    case 'matrix': {
      const series = value.series.map(({ labels, timesMs, values }) => ({
        labels,
        points: Array.from(timesMs, (time, index) => ({ timeMs: time, value: values[index]! })),
      }));
      return { type: 'matrix', series: series.sort((a, b) => compareLabels(a.labels, b.labels)) };
    }
  }
};

const rangeResult = (value: Value, grid: Grid): Result => {
  const columns =
    value.type === 'vector'
      ? value.columns
      : value.type === 'scalar'
        ? [{ labels: noLabels, values: value.values, present: new Uint8Array(grid.steps).fill(1) }]
        : [];
  const series = columns.map((column) => ({ labels: column.labels, points: pointsOf(column, grid) }));
  return { type: 'matrix', series: series.sort((a, b) => compareLabels(a.labels, b.labels)) };
};

const parseFor = (expression: string, time: EvaluationTime): Node => {
  const window = time.kind === 'range' ? time : { startMs: time.timeMs, endMs: time.timeMs, stepMs: 0 };
  const node = parseOnce(expression, window);
  const type = typeOf(node);
  if (time.kind === 'range' && type !== 'scalar' && type !== 'vector') {
    const got = documentedType(type);
    throw new PromqlError('bad_data', `invalid expression type "${got}" for range query, must be Scalar or instant Vector`, node);
  }
  return node;
};

/**
 * Evaluates a query. Synchronous: nothing else runs meanwhile, and views of the storage stay valid.
 * Throws a PromqlError: bad_data (with a position) for the query itself, execution for what fails on this data, timeout.
 */
export const evaluate = (expression: string, time: EvaluationTime, storage: Storage, options: EvaluationOptions = {}): Evaluation => {
  const grid = gridOf(time);
  const node = parseFor(expression, time);
  const annotations = createAnnotations();
  const value = evaluateNode(node, {
    storage,
    grid,
    lookbackMs: options.lookbackMs ?? 300_000,
    defaultSubqueryStepMs: options.defaultSubqueryStepMs ?? 60_000,
    annotations,
    budget: createBudget({
      maxSamples: options.maxSamples ?? 50_000_000,
      timeoutMs: options.timeoutMs ?? 120_000,
      nowMs: options.nowMs ?? (() => 0),
    }),
    evaluate: evaluateNode,
  });
  const result = time.kind === 'range' ? rangeResult(value, grid) : instantResult(value, time.timeMs);
  return { result, ...annotations.texts(expression, maxAnnotations) };
};
