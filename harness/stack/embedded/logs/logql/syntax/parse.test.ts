import { expect, test } from 'vitest';
import { parseLogql } from './parse.ts';

const refusal = (query: string): unknown => {
  try {
    return parseLogql(query);
  } catch (caught) {
    return caught;
  }
};

test.each([
  ['', 0, 'unexpected $end'],
  ['{}', 0, 'at least one regexp or equality matcher'],
  ['{a=~".*"}', 0, 'at least one regexp or equality matcher'],
  ['{a="b"', 6, 'unexpected end of the query'],
  ['{a="b",}', 7, 'syntax error'],
  ['{a="b"} |~ "("', 11, 'error parsing regexp'],
  ['{a="b"} | line_format "{{range .x}}{{end}}"', 22, '{{range}} is not supported'],
  ['{a="b"} | line_format "{{now}}"', 22, 'function "now" is not supported'],
  ['{a="b"} | line_format "{{.x"', 22, 'unclosed action'],
  ['{a="b"} | label_format x=y, x=z', 28, "multiple label name 'x' not allowed"],
  ['{a="b"} | pattern "<_>"', 18, 'at least one capture is required'],
  ['{a="b"} | pattern "<x><y>"', 18, 'consecutive capture'],
  ['{a="b"} | regexp "a"', 17, 'at least one named capture'],
  ['{a="b"} |= ip("1.2.3")', 14, 'invalid pattern'],
  ['{a="b"} | x="1" y="2"', 16, 'syntax error'],
  ['approx_topk(3, rate({a="b"}[1m]))', 0, 'approx_topk is not supported'],
  ['topk(rate({a="b"}[1m]))', 0, 'parameter required for operation topk'],
  ['topk(0, rate({a="b"}[1m]))', 5, 'must be greater than 0'],
  ['sum(2, rate({a="b"}[1m]))', 4, 'unsupported parameter for operation sum'],
  ['quantile_over_time({a="b"} | unwrap x [1m])', 0, 'parameter required'],
  ['sum_over_time({a="b"}[1m])', 0, 'invalid aggregation sum_over_time without unwrap'],
  ['bytes_rate({a="b"} | unwrap x [1m])', 0, 'invalid aggregation bytes_rate with unwrap'],
  ['rate({a="b"}[1m]) by (c)', 0, 'grouping not allowed for rate'],
  ['rate({a="b"}[1.5h])', 13, 'not a valid duration string: "1.5h"'],
  ['rate({a="b"}[1m] offset 5x)', 24, 'unknown unit "x" in duration "5x"'],
  ['sum(rate({a="b"}[1m])) offset 5m', 23, 'unexpected "offset"'],
  ['1 or vector(2)', 2, 'unexpected literal for left leg'],
  ['{a="b"} + 1', 0, 'no metric'],
])('%s is refused at %i', (query, position, message) => {
  expect(refusal(query)).toMatchObject({ name: 'QueryRefused', position, message: expect.stringContaining(message) });
});

test.each([
  'rate({a="b"}[1m] | json)',
  'rate({a="b"}[1m] offset -5m | json | unwrap x)',
  'rate(({a="b"} |= "x")[1m])',
  'sum_over_time({a="b"} | json | unwrap x | __error__="" [1m] offset 5m)',
  '{a="b"} |= "[1m] offset 5m" # [1m] offset 5m',
  'sum without () (rate({a="b"}[1h30m]))',
  'count_over_time({a="b"}[1m]) == bool on (a) group_left (c) count_over_time({a="b"}[1m])',
  'SUM BY (a) (rate({a="b"}[1m]))',
  '{a="b"} |= `x` # a comment',
])('%s is taken', (query) => {
  expect(refusal(query)).toHaveProperty('kind');
});

const shape = (query: string): string => {
  const text = (node: ReturnType<typeof parseLogql>): string =>
    node.kind === 'binary'
      ? `(${text(node.left)} ${node.operator} ${text(node.right)})`
      : node.kind === 'vector'
        ? String(node.value)
        : '?';
  return text(parseLogql(query));
};

test.each([
  ['vector(1) + vector(2) * vector(3)', '(1 + (2 * 3))'],
  ['vector(1) * vector(2) ^ vector(3) ^ vector(4)', '(1 * (2 ^ (3 ^ 4)))'],
  ['vector(1) - vector(2) - vector(3)', '((1 - 2) - 3)'],
  ['(vector(1) + vector(2)) * vector(3)', '((1 + 2) * 3)'],
  ['vector(1) > vector(2) + vector(3) and vector(4) or vector(5)', '(((1 > (2 + 3)) and 4) or 5)'],
  ['vector(1) or vector(2) unless vector(3)', '(1 or (2 unless 3))'],
])('%s groups as %s', (query, expected) => {
  expect(shape(query)).toBe(expected);
});
