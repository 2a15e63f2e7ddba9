import { expect, test } from 'vitest';
import { metricVocabulary } from './metric-vocabulary.ts';
import { namesUsed, promqlQueries } from './promql-queries.ts';

const vocabulary = metricVocabulary([
  { __name__: 'sent_total', job: 'a', instance: 'one' },
  { __name__: 'sent_total', job: 'b', instance: 'two' },
  { __name__: 'queue_bytes', job: 'a', instance: 'one' },
  { __name__: 'wait_seconds_bucket', job: 'a', le: '0.1' },
  { __name__: 'wait_seconds_bucket', job: 'a', le: '+Inf' },
]);
const options = { seed: 7, vocabulary, fromMs: 1_000_000, toMs: 1_060_000 };

test('the same seed makes the same queries, and another seed others', () => {
  const queries = promqlQueries({ ...options, count: 50 });
  expect(queries).toEqual(promqlQueries({ ...options, count: 50 }));
  expect(queries).not.toEqual(promqlQueries({ ...options, seed: 8, count: 50 }));
});

test('as many different queries come as are asked for, instant ones and ranges', () => {
  const queries = promqlQueries({ ...options, count: 600 });
  expect(new Set(queries.map(({ query }) => query)).size).toBe(600);
  expect(new Set(queries.map(({ kind }) => kind))).toEqual(new Set(['instant', 'range']));
});

test('every function, aggregation and operator of a stock server comes up', () => {
  const all = promqlQueries({ ...options, count: 3_000 })
    .map(({ query }) => query)
    .join('\n');
  const missing = namesUsed.filter((name) => !new RegExp(`\\b${name}\\b`).test(all));
  expect(missing).toEqual([]);
  for (const sign of [
    '+',
    '-',
    '*',
    '/',
    '%',
    '^',
    'atan2',
    '==',
    '!=',
    '<=',
    '>=',
    ' and',
    ' or',
    ' unless',
    ' bool',
    'group_left',
    'group_right',
    'offset',
    '@ ',
    ':1s]',
  ]) {
    expect(all).toContain(sign);
  }
});
