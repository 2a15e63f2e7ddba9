import { performance } from 'node:perf_hooks';
import { expect, test } from 'vitest';
import { compileLabelTest } from './label-regex.ts';
import { compileLineRegex, compileMatcherRegex } from './regex.ts';

test.each([
  ['(?i)error|warn', 'an eRRor', true],
  ['(?i)a(?-i:b)c', 'AbC', true],
  ['(?i)a(?-i:b)c', 'ABC', false],
  ['(?i)[a-c]+x', 'CBX', true],
  ['(?i)[^a-c]x', 'BX', false],
  ['[[:upper:]]{2}', 'xAB', true],
  [String.raw`\d+\.\d`, '1.5', true],
  [String.raw`\pL+`, 'ü', true],
  ['a.b', 'a\nb', false],
  ['(?s)a.b', 'a\nb', true],
  ['(?i)straße', 'STRAßE', true],
  ['(?i)ß', 'S', false],
  ['^.$', '\r', true],
  ['^[[:digit:][:space:]_]+$', '1 _', true],
  ['(?m)^b$', 'a\nb\nc', true],
  ['(?s)^a.*c$', 'a\nb\nc', true],
  [String.raw`\[[0-9]+\]`, 'took [12] ms', true],
  [String.raw`\[[0-9]+\]`, 'took [] ms', false],
  [String.raw`\[\d+\]`, '[7]', true],
  ['^.$', '😀', true],
  ['^..$', '😀', false],
  ['^[^a]$', '😀', true],
  ['^[😀-😂]+$', '😀😁', true],
  ['(?i)kelvin', '\u212aELVIN', true],
  ['(?i)^[a-z]$', 'ſ', true],
  ['(?i)σ', 'ς', true],
  [String.raw`^[\D]$`, '1', false],
])('%s on %j: %s', (pattern, line, expected) => {
  expect(compileLineRegex(pattern).test(line)).toBe(expected);
});

test('a matcher takes the whole value, line breaks too', () => {
  expect(compileMatcherRegex('a.*').test('a\nb')).toBe(true);
  expect(compileMatcherRegex('b').test('ab')).toBe(false);
});

test.each([
  '(a+)+$',
  '(?i)(A+)+$',
  String.raw`(\w+\s*)+;`,
  '(a|aa)+$',
  '(.*)(.*)(.*)(.*)x',
  '(?s)(.+)+;',
  '([[:alpha:]]+)+;',
  '(?m)(a+)+$',
  '([^😀]+)+;',
  String.raw`(?i)(\x61+)+;`,
])('%s does not run away on a long line', (pattern) => {
  const line = `${'a'.repeat(5_000)}!`;
  const expression = compileLineRegex(pattern);
  const startedMs = performance.now();
  expect(expression.test(line)).toBe(false);
  // Backtracking would take longer than the universe has.
  expect(performance.now() - startedMs).toBeLessThan(5_000);
});

test.each([
  ['err', 'an err', false],
  ['err.*', 'an err', true],
  ['.*err', 'err at the end of', true],
  ['GET|POST', 'a GET', false],
  ['PUT|POST', 'a PUT', true],
  ['(PUT|POST)', 'PUT', true],
  ['ab|ac', 'xab', false],
  ['', 'anything', true],
  ['.*', 'anything', true],
  ['GET|', '', false],
  ['.+', '', false],
  ['4..', '1404', false],
  ['(?i)Err.*', 'an ERR', true],
])('on a label, %s and %j: %s, as in Loki', (pattern, value, expected) => {
  expect(compileLabelTest(pattern)(value)).toBe(expected);
});
