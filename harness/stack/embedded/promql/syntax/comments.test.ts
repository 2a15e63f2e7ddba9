import { expect, it } from 'vitest';
import { parseExpression } from './parse.ts';
import { printExpression } from './print-expression.ts';

const atZero = { startMs: 0, endMs: 0, stepMs: 0 };

it.each([
  ['# before\na # behind', 'a'],
  ['sum(\n  a # all\n) by (x, # and\n y)', 'sum by (x, y) (a)'],
  ['a{x="#", # label\n y!~`#.*`}[5m # range\n] # end', 'a{x="#",y!~"#.*"}[5m]'],
  ['a + # left\n# more\n b', 'a + b'],
  ['histogram_quantile(0.9, # p90\n h_bucket)', 'histogram_quantile(0.9, h_bucket)'],
])('comments stand anywhere: %j', (query, printed) => {
  expect(printExpression(query)).toBe(printed);
});

it('keeps the places that errors name, and takes a comment alone for no expression', () => {
  expect(() => parseExpression('a # one\n + + )', atZero)).toThrow(/^2:6: parse error/);
  expect(() => parseExpression('# nothing', atZero)).toThrow('no expression found in input');
});
