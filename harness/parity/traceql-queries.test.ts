import { expect, test } from 'vitest';
import { parseTraceql } from '../stack/embedded/traces/traceql/parse.ts';
import { sampleTraces } from './sample-traces.ts';
import { traceqlQueries } from './traceql-queries.ts';

const { vocabulary } = sampleTraces(1, 20, 0n);
const queries = traceqlQueries(vocabulary, 1, 1_500).map(({ query }) => query);

test('the same seed gives the same queries, another one others', () => {
  expect(traceqlQueries(vocabulary, 1, 1_500).map(({ query }) => query)).toEqual(queries);
  expect(traceqlQueries(vocabulary, 2, 1_500).map(({ query }) => query)).not.toEqual(queries);
});

test('every one of them is TraceQL', () => {
  for (const query of queries) expect(() => parseTraceql(query), query).not.toThrow();
});

const parts: Readonly<Record<string, readonly string[]>> = {
  spansets: ['>', '>>', '<', '<<', '~', '!>', '!>>', '!<', '!<<', '!~', '&>', '&<', '&~', '&&', '||'].map((operator) => `} ${operator} {`),
  conditions: ['=', '!=', '<', '<=', '>', '>=', '=~', '!~', '&&', '||', '= nil', '!= nil', '+ 1', '* 2', '/ 2', '% 7'].map(
    (operator) => ` ${operator}`,
  ),
  scopes: ['span.', 'resource.', 'event.', 'link.', 'instrumentation.', ' .', '{ !resource'],
  ofSpans: ['name ', 'kind ', 'status ', 'statusMessage ', 'duration ', 'span:id', 'span:parentID'],
  ofTraces: ['traceDuration ', 'rootName ', 'rootServiceName ', 'trace:id', 'nestedSetParent', 'nestedSetLeft', 'nestedSetRight'],
  ofOthers: ['event:name', 'event:timeSinceStart', 'link:traceID', 'link:spanID', 'instrumentation:name', 'instrumentation:version'],
  stages: ['| count() ', '| min(', '| max(', '| avg(', '| sum(', '| by(', '| coalesce()', '| select(', ') && (', ') >> ('],
  metrics: ['rate()', 'count_over_time()', 'min_over_time(', 'max_over_time(', 'avg_over_time(', 'sum_over_time('],
  buckets: ['quantile_over_time(', 'histogram_over_time('],
  ranks: [' by (', '| topk(', '| bottomk('],
};

test.each(Object.values(parts).flat())('%s comes up', (part) => {
  expect(queries.some((query) => query.includes(part))).toBe(true);
});
