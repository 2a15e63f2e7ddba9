// metadata: type, help and unit of each metric.
import { PromqlError } from '../promql/promql-error.ts';
import type { Answer, ApiContext } from './answer.ts';
import type { Parameters } from './parameters.ts';

/** -1: no limit. */
const readCount = (parameters: Parameters, name: string): number => {
  const text = parameters.first(name);
  if (text === '') return -1;
  if (!/^[+-]?\d+$/.test(text)) throw new PromqlError('bad_data', `${name} must be a number`);
  return Number(text);
};

export const metadataOf = (parameters: Parameters, { store }: ApiContext): Answer => {
  const limit = readCount(parameters, 'limit');
  // There is one entry for each metric, so the limit for each has nothing to cut; a wrong one is still an error.
  readCount(parameters, 'limit_per_metric');
  const wanted = parameters.first('metric');
  const entries = [...store.metadata()].filter(([name]) => wanted === '' || name === wanted);
  const kept = limit >= 0 ? entries.slice(0, limit) : entries;
  return { data: Object.fromEntries(kept.map(([name, metadata]) => [name, [metadata]])) };
};
