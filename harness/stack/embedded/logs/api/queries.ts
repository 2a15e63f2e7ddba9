// query and query_range.
import type { Parameters } from '../../prometheus-api/parameters.ts';
import { findLines } from '../logql/log-lines.ts';
import { evaluateInstant, evaluateRange } from '../logql/metrics/evaluate.ts';
import type { LogQuery, MetricQuery } from '../logql/syntax/ast.ts';
import { parseLogql } from '../logql/syntax/parse.ts';
import { metricOf, point, queryStats, success } from './answer.ts';
import { maxSeries, newTurn, nowNano } from './context.ts';
import type { LokiContext } from './context.ts';
import { BadParameter, directionOf, intervalNanoOf, lineLimit, momentOf, rangeOf, stepMsOf } from './parameters.ts';
import type { Bounds } from './parameters.ts';
import { categorizeFlag, groupStreams } from './streams.ts';

const answerLines = async (query: LogQuery, bounds: Bounds, parameters: Parameters, categorized: boolean, context: LokiContext) => {
  const turn = newTurn(context);
  const startedMs = context.clock.now();
  const window = {
    ...bounds,
    direction: directionOf(parameters),
    limit: lineLimit(parameters),
    intervalNano: intervalNanoOf(parameters),
  };
  const lines = await findLines(query, context.logs, window, turn);
  return success({
    resultType: 'streams',
    ...(categorized ? { encodingFlags: [categorizeFlag] } : {}),
    result: groupStreams(lines, categorized),
    stats: queryStats(turn, context.clock.now() - startedMs, lines.length),
  });
};

/** As in Loki, steps lie on whole multiples of the step: the start moves back to one, the end on to one. */
const alignedSteps = ({ startNano, endNano }: Bounds, stepMs: number) => {
  const stepNano = BigInt(stepMs) * 1_000_000n;
  const start = (startNano / stepNano) * stepNano;
  const end = ((endNano + stepNano - 1n) / stepNano) * stepNano;
  return { startMs: Number(start / 1_000_000n), endMs: Number(end / 1_000_000n), stepMs };
};

const answerMatrix = async (query: MetricQuery, bounds: Bounds, stepMs: number, context: LokiContext) => {
  const turn = newTurn(context);
  const startedMs = context.clock.now();
  const steps = alignedSteps(bounds, stepMs);
  const series = await evaluateRange(query, { steps, source: context.logs, turn, maxSeries });
  return success({
    resultType: 'matrix',
    result: series.map(({ labels, points }) => ({ metric: metricOf(labels), values: points.map(([atMs, value]) => point(atMs, value)) })),
    stats: queryStats(turn, context.clock.now() - startedMs, series.length),
  });
};

export const rangeQuery = async (parameters: Parameters, flags: string, context: LokiContext): Promise<unknown> => {
  const bounds = rangeOf(parameters, nowNano(context));
  directionOf(parameters);
  const limit = lineLimit(parameters);
  const stepMs = stepMsOf(parameters, bounds);
  const query = parseLogql(parameters.first('query'));
  if (query.kind !== 'log') return answerMatrix(query, bounds, stepMs, context);
  return limit > 0 ? answerLines(query, bounds, parameters, flags.includes(categorizeFlag), context) : null;
};

const answerVector = async (query: MetricQuery, atNano: bigint, context: LokiContext) => {
  const turn = newTurn(context);
  const startedMs = context.clock.now();
  const atMs = Number(atNano / 1_000n) / 1_000;
  if (query.kind === 'literal')
    return success({ resultType: 'scalar', result: point(Math.floor(atMs), query.value), stats: queryStats(turn, 0, 1) });
  const steps = { startMs: atMs, endMs: atMs, stepMs: 1 };
  const vector = await evaluateInstant(query, { steps, source: context.logs, turn, maxSeries });
  return success({
    resultType: 'vector',
    result: vector.map(({ labels, value }) => ({ metric: metricOf(labels), value: point(Math.floor(atMs), value) })),
    stats: queryStats(turn, context.clock.now() - startedMs, vector.length),
  });
};

export const instantQuery = async (parameters: Parameters, context: LokiContext): Promise<unknown> => {
  lineLimit(parameters);
  directionOf(parameters);
  const atNano = momentOf(parameters, 'time', nowNano(context));
  const query = parseLogql(parameters.first('query'));
  if (query.kind !== 'log') return answerVector(query, atNano, context);
  throw new BadParameter('log queries are not supported as an instant query type, please change your query to a range query type');
};
