// query and query_range.
import type { Evaluation, EvaluationOptions, EvaluationTime } from '../promql/evaluate.ts';
import { evaluate } from '../promql/evaluate.ts';
import { PromqlError } from '../promql/promql-error.ts';
import type { Answer, ApiContext } from './answer.ts';
import { truncationWarning } from './answer.ts';
import { invalidParameter } from './envelope.ts';
import type { Parameters } from './parameters.ts';
import { readDuration, readLimit, readTime } from './parameters.ts';
import { resultJson } from './result-json.ts';

/** Enough for a week at one minute. */
const maxPoints = 11_000;

const defaultTimeoutMs = 120_000;

const optionsOf = (parameters: Parameters, { options, nowMs }: ApiContext): EvaluationOptions => {
  const longestMs = options.timeoutMs ?? defaultTimeoutMs;
  const timeoutMs = parameters.first('timeout') === '' ? longestMs : Math.min(longestMs, readDuration(parameters, 'timeout'));
  const lookbackMs = parameters.first('lookback_delta') === '' ? 0 : readDuration(parameters, 'lookback_delta');
  // As in Prometheus, none at all is the server's own.
  const lookback = lookbackMs <= 0 ? {} : { lookbackMs: Math.trunc(lookbackMs) };
  return { ...options, ...lookback, timeoutMs, nowMs };
};

const run = (parameters: Parameters, time: EvaluationTime, context: ApiContext): Evaluation => {
  const options = optionsOf(parameters, context);
  try {
    return evaluate(parameters.first('query'), time, context.store, options);
  } catch (error) {
    if (error instanceof PromqlError && error.errorType === 'bad_data') throw invalidParameter('query', error.message);
    throw error;
  }
};

const answer = (evaluation: Evaluation, limit: number): Answer => {
  const { json, truncated } = resultJson(evaluation.result, limit);
  const warnings = truncated ? [...evaluation.warnings, truncationWarning] : evaluation.warnings;
  return { data: null, json, warnings, infos: evaluation.infos };
};

export const instantQuery = (parameters: Parameters, context: ApiContext): Answer => {
  const limit = readLimit(parameters);
  const timeMs = readTime(parameters, 'time', Math.floor(context.nowMs()));
  return answer(run(parameters, { kind: 'instant', timeMs }, context), limit);
};

export const rangeQuery = (parameters: Parameters, context: ApiContext): Answer => {
  const limit = readLimit(parameters);
  const startMs = readTime(parameters, 'start', null);
  const endMs = readTime(parameters, 'end', null);
  if (endMs < startMs) throw invalidParameter('end', 'end timestamp must not be before start time');
  const stepMs = Math.trunc(readDuration(parameters, 'step'));
  if (stepMs <= 0) throw invalidParameter('step', 'zero or negative query resolution step widths are not accepted. Try a positive integer');
  if (Math.floor((endMs - startMs) / stepMs) > maxPoints) {
    throw new PromqlError(
      'bad_data',
      'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
    );
  }
  return answer(run(parameters, { kind: 'range', startMs, endMs, stepMs }, context), limit);
};
