// Reads a gate from the command line; a mistake is a sentence that says what was expected.
import { type Suggest, suggestNothing } from '../suggest.ts';
import { type Comparison, isLatency, type Slo, type SloMetric } from './slo.ts';

export type SloRead = { readonly slo: Slo } | { readonly problem: string };

const form = /^\s*(?:([^\s:<>=]+)\s*:)?\s*([a-z][a-z0-9.]*)\s*(<=|>=|<|>)\s*(\d+(?:\.\d+)?)\s*(us|ms|s|%|\/s)?\s*$/i;
const names = ['p50', 'p90', 'p95', 'p99', 'p99.9', 'mean', 'max', 'errors', 'throughput'] as const;
const millisecondsIn: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000 };

export const parseSlo = (text: string, suggest: Suggest = suggestNothing): SloRead => {
  const match = form.exec(text);
  if (match === null)
    return { problem: `"${text}" is no gate: write it as in 'p99<200ms', 'errors<0.1%', 'throughput>950/s' or 'spike:p99<1s'.` };
  const [, phase, name = '', comparison, number, unit = ''] = match;
  const metric = metricOf(name.toLowerCase(), unit);
  if (metric === null)
    return { problem: `"${text}": there is no figure ${name}.${suggest(name, names)} There are ${names.join(', ')} and any other pNN.` };
  const bound = boundOf(metric, Number(number), unit.toLowerCase());
  if (typeof bound === 'string') return { problem: `"${text}": ${bound}` };
  const isThroughput = metric.kind === 'throughput' || metric.kind === 'kept';
  if (isThroughput !== (comparison?.startsWith('>') ?? false))
    return {
      problem: `"${text}": ${isThroughput ? 'a throughput is to be above its bound' : `${name} is to be below its bound`}, so write ${isThroughput ? '>' : '<'}.`,
    };
  return { slo: { text: text.trim(), phase: phase ?? null, metric, comparison: comparison as Comparison, bound } };
};

const metricOf = (name: string, unit: string): SloMetric | null => {
  if (name === 'throughput' && unit === '%') return { kind: 'kept' };
  if (name === 'mean' || name === 'max' || name === 'errors' || name === 'throughput') return { kind: name };
  const percentile = /^p(\d+(?:\.\d+)?)$/.exec(name)?.[1];
  if (percentile === undefined || !(Number(percentile) > 0 && Number(percentile) < 100)) return null;
  return { kind: 'percentile', percentile: Number(percentile) };
};

const boundOf = (metric: SloMetric, number: number, unit: string): number | string => {
  if (isLatency(metric)) return unit in millisecondsIn ? number * (millisecondsIn[unit] ?? 1) : 'a latency needs its unit: us, ms or s.';
  if (metric.kind === 'throughput')
    return unit === '/s' ? number : 'a throughput is in answers a second, /s, or a share of what was sent, %.';
  if (unit !== '%') return 'a share of errors is in per cent: %.';
  return number <= 100 ? number / 100 : 'a share is at most 100%.';
};
