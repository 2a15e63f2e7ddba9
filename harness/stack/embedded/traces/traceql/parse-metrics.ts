// The metrics function at the end of a pipeline: rate() by (…), quantile_over_time(…), and topk or bottomk after it.
import { numberOf } from './value.ts';
import { readAttribute, readValue } from './parse-field.ts';
import { readAttributeList } from './parse-spanset.ts';
import type { Attribute, MetricOperator, MetricsStage, RankStage } from './query.ts';
import type { TokenReader } from './token-reader.ts';
import type { Token } from './tokens.ts';

const withoutAttribute = new Set<string>(['rate', 'count_over_time'] satisfies MetricOperator[]);
const withAttribute = new Set<string>([
  'min_over_time',
  'max_over_time',
  'avg_over_time',
  'sum_over_time',
  'quantile_over_time',
  'histogram_over_time',
] satisfies MetricOperator[]);

const maxLabels = 5;

export const isMetric = (mark: string): boolean => withoutAttribute.has(mark) || withAttribute.has(mark) || mark === 'compare';

const readQuantiles = (reader: TokenReader): readonly number[] => {
  const quantiles: number[] = [];
  while (reader.skip(',')) {
    const token = reader.peek();
    const quantile = numberOf(readValue(reader));
    if (!(quantile >= 0 && quantile <= 1)) reader.refuse(token, `quantile must be between 0 and 1: ${token?.text}`);
    quantiles.push(quantile);
  }
  if (quantiles.length === 0) reader.refuse(reader.peek(), 'quantile_over_time needs a quantile: quantile_over_time(duration, 0.9)');
  return quantiles;
};

const readBy = (reader: TokenReader, token: Token, most: number): readonly Attribute[] => {
  if (!reader.skip('by')) return [];
  const by = readAttributeList(reader);
  if (by.length > most) reader.refuse(token, `metrics group by ${by.length} values not yet supported; the most is ${most}`);
  return by;
};

const readRank = (reader: TokenReader): RankStage => {
  reader.expect('|');
  const token = reader.take();
  if (token.text !== 'topk' && token.text !== 'bottomk')
    return reader.refuse(token, `expected topk or bottomk, found ${JSON.stringify(token.text)}`);
  reader.expect('(');
  const limit = numberOf(readValue(reader));
  if (!Number.isInteger(limit) || limit < 1) reader.refuse(token, 'limit must be greater than 0');
  reader.expect(')');
  return { operator: token.text, limit };
};

const readRanks = (reader: TokenReader): readonly RankStage[] => {
  const ranks: RankStage[] = [];
  while (reader.peek()?.text === '|') ranks.push(readRank(reader));
  return ranks;
};

export const readMetrics = (reader: TokenReader): MetricsStage => {
  const token = reader.take();
  if (token.text === 'compare') reader.refuse(token, 'compare() is not supported by the embedded stack');
  const operator = token.text as MetricOperator;
  reader.expect('(');
  const attribute = withAttribute.has(operator) ? readAttribute(reader) : null;
  const quantiles = operator === 'quantile_over_time' ? readQuantiles(reader) : [];
  reader.expect(')');
  const hasBucket = operator === 'quantile_over_time' || operator === 'histogram_over_time';
  const by = readBy(reader, token, hasBucket ? maxLabels - 1 : maxLabels);
  return { operator, attribute, quantiles, by, ranks: readRanks(reader) };
};
