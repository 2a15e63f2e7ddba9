// A metric query at one moment or at each step of a range.
import { compareLabels, labelValue, noLabels, setLabel } from '../../../promql/labels.ts';
import type { Labels } from '../../../promql/labels.ts';
import type { Grouping, LabelReplace, MetricQuery, RangeAggregation } from '../syntax/ast.ts';
import type { LogSource } from '../select.ts';
import { expand } from '../template/replacement.ts';
import { QueryLimit } from '../turn.ts';
import type { Turn } from '../turn.ts';
import { createAggregator } from './aggregate.ts';
import { extractSamples, tooManySeries } from './extract.ts';
import { combineVectors, combineWithNumber } from './match-series.ts';
import { createVisits, maxVisits, rangeSteps } from './range-steps.ts';
import type { StepReader, Visits } from './range-steps.ts';
import type { Sample, Vector } from './sample.ts';

export type Steps = { readonly startMs: number; readonly endMs: number; readonly stepMs: number };

export type EvaluateOptions = { readonly steps: Steps; readonly source: LogSource; readonly turn: Turn; readonly maxSeries: number };

type Context = EvaluateOptions & { readonly visits: Visits };

const nanosOf = (milliseconds: number): bigint => BigInt(Math.round(milliseconds * 1_000)) * 1_000n;

const readRange = async (aggregation: RangeAggregation, outerGrouping: Grouping | null, context: Context): Promise<StepReader> => {
  const { startMs, endMs } = context.steps;
  const { rangeMs, offsetMs } = aggregation.range;
  const originNano = nanosOf(startMs);
  const extraction = {
    aggregation,
    outerGrouping,
    originNano,
    startNano: nanosOf(startMs - offsetMs - rangeMs) + 1n,
    endNano: nanosOf(endMs - offsetMs) + 1n,
  };
  return rangeSteps(aggregation, await extractSamples(extraction, context.source, context.turn), context.visits);
};

const summable = new Set(['bytes_over_time', 'bytes_rate', 'sum_over_time', 'rate', 'count_over_time']);

/** A sum over a range aggregation lets the parsers know what it keeps. */
const readAggregate = async (node: MetricQuery & { kind: 'aggregate' }, context: Context): Promise<StepReader> => {
  const aggregate = createAggregator(node);
  const { of } = node;
  const isKnown = node.operation === 'sum' && of.kind === 'range' && of.grouping === null && summable.has(of.operation);
  const inner = isKnown ? await readRange(of, node.grouping, context) : await prepare(of, context);
  return (stepNano) => aggregate(inner(stepNano));
};

const replaceLabel = (node: LabelReplace): ((sample: Sample) => Sample) => {
  const known = new Map<string, Labels>();
  return ({ labels, value }) => {
    const cached = known.get(labels.key);
    if (cached !== undefined) return { labels: cached, value };
    const found = node.pattern.exec(labelValue(labels, node.source));
    const replaced = found === null ? labels : setLabel(labels, node.target, expand(node.replacement, found));
    known.set(labels.key, replaced);
    return { labels: replaced, value };
  };
};

const readBinary = async (node: MetricQuery & { kind: 'binary' }, context: Context): Promise<StepReader> => {
  const { left, right } = node;
  if (left.kind === 'literal') {
    const read = await prepare(right, context);
    return (stepNano) => combineWithNumber(node, read(stepNano), left.value, true);
  }
  const readLeft = await prepare(left, context);
  if (right.kind === 'literal') return (stepNano) => combineWithNumber(node, readLeft(stepNano), right.value, false);
  const readRight = await prepare(right, context);
  return (stepNano) => combineVectors(node, readLeft(stepNano), readRight(stepNano));
};

const prepare = async (node: MetricQuery, context: Context): Promise<StepReader> => {
  switch (node.kind) {
    case 'range':
      return readRange(node, null, context);
    case 'aggregate':
      return readAggregate(node, context);
    case 'binary':
      return readBinary(node, context);
    case 'label-replace': {
      const read = await prepare(node.of, context);
      const replace = replaceLabel(node);
      return (stepNano) => read(stepNano).map(replace);
    }
    case 'literal':
    case 'vector':
      return () => [{ labels: noLabels, value: node.value }];
  }
};

const keepsOrder = (node: MetricQuery): boolean => {
  if (node.kind === 'aggregate') return node.operation.startsWith('sort') || keepsOrder(node.of);
  if (node.kind === 'binary') return keepsOrder(node.left) || keepsOrder(node.right);
  return node.kind === 'label-replace' && keepsOrder(node.of);
};

/** Sorted by labels, unless the query itself sorts. */
export const evaluateInstant = async (query: MetricQuery, options: EvaluateOptions): Promise<Vector> => {
  const read = await prepare(query, { ...options, visits: createVisits(maxVisits) });
  const vector = read(0);
  if (vector.length > options.maxSeries) throw tooManySeries(options.maxSeries);
  return keepsOrder(query) ? vector : vector.toSorted((left, right) => compareLabels(left.labels, right.labels));
};

/** An answer of more would hold the process for seconds while it is written. */
export const maxPoints = 1_000_000;

export type Series = { readonly labels: Labels; readonly points: [timeMs: number, value: number][] };

export const evaluateRange = async (query: MetricQuery, options: EvaluateOptions): Promise<readonly Series[]> => {
  const { steps, turn, maxSeries } = options;
  const read = await prepare(query, { ...options, visits: createVisits(maxVisits) });
  const found = new Map<string, Series>();
  let points = 0;
  for (let atMs = steps.startMs; atMs <= steps.endMs; atMs += steps.stepMs) {
    if (turn.isOver()) await turn.pause();
    const vector = read((atMs - steps.startMs) * 1e6);
    points += vector.length;
    if (points > maxPoints)
      throw new QueryLimit(`the answer would have more than ${maxPoints} points; give a longer step, a shorter range or fewer series`);
    for (const { labels, value } of vector) {
      const series = found.get(labels.key) ?? { labels, points: [] };
      if (series.points.length === 0) found.set(labels.key, series);
      series.points.push([atMs, value]);
    }
    if (found.size > maxSeries) throw tooManySeries(maxSeries);
  }
  return [...found.values()].sort((left, right) => compareLabels(left.labels, right.labels));
};
