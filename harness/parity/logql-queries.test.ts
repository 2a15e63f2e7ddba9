import { expect, test } from 'vitest';
import { parseLogql } from '../stack/embedded/logs/logql/syntax/parse.ts';
import { QueryRefused } from '../stack/embedded/query-refused.ts';
import { logqlQueries } from './logql-queries.ts';
import { seededLogs, seededVocabulary } from './seeded-logs.ts';

const queries = logqlQueries({ seed: 5, count: 2_000, vocabulary: seededVocabulary });
const all = queries.map(({ query }) => query).join('\n');

test('a seed gives the same queries and logs again, another one others', () => {
  const again = (seed: number) => logqlQueries({ seed, count: 20, vocabulary: seededVocabulary });
  expect(again(5)).toEqual(queries.slice(0, 20));
  expect(again(6)).not.toEqual(queries.slice(0, 20));
  const logs = (seed: number) => JSON.stringify(seededLogs({ seed, count: 20, fromMs: 0, toMs: 1_000 }));
  expect(logs(1)).toBe(logs(1));
  expect(logs(1)).not.toBe(logs(2));
});

test.each([
  '|=',
  '!=',
  '|~',
  '!~',
  '|>',
  '!>',
  'ip(',
  ' or ',
  ' and ',
  ', ',
  '| json',
  '| logfmt',
  '--strict',
  '--keep-empty',
  '| pattern',
  '| regexp',
  '| unpack',
  '| line_format',
  '| label_format',
  '| drop',
  '| keep',
  '| decolorize',
  '| unwrap',
  'duration(',
  'duration_seconds(',
  'bytes(',
  '__error__',
  'offset',
  'count_over_time',
  'rate(',
  'bytes_over_time',
  'bytes_rate',
  'absent_over_time',
  'sum_over_time',
  'rate_counter',
  'avg_over_time',
  'max_over_time',
  'min_over_time',
  'stddev_over_time',
  'stdvar_over_time',
  'first_over_time',
  'last_over_time',
  'quantile_over_time',
  'vector(',
  'label_replace(',
  'topk',
  'bottomk',
  'sort(',
  'sort_desc(',
  'stddev',
  'stdvar',
  'without (',
  ' bool',
  'group_left',
  'group_right',
  'ignoring (',
  ' on (',
  'unless',
])('%s is among them', (text) => {
  expect(all).toContain(text);
});

test('nearly all of them can be read; the rest is refused with a position', () => {
  const refusals = queries.flatMap(({ query }): unknown[] => {
    try {
      parseLogql(query);
      return [];
    } catch (error) {
      return [error];
    }
  });
  expect(refusals.filter((error) => !(error instanceof QueryRefused))).toEqual([]);
  expect(refusals.length).toBeLessThan(queries.length / 20);
});
