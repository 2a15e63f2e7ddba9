import { performance } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import { compileRegex } from './compile-regex.ts';

describe('an expression', () => {
  it.each([
    ['a|b', ['a', 'b'], ['ab', 'aa', '']],
    ['a.c', ['abc', 'a\nc', 'a/c', 'a😀c'], ['ac', 'abcd']],
    ['/api/(v1|v2)/.*', ['/api/v1/x'], ['/api/v3/x', 'x/api/v1/']],
    [String.raw`5\d\d`, ['500'], ['5٣٣', '50']],
    [String.raw`\w+\.\-x`, ['ab.-x'], ['ab-x']],
    [String.raw`\s`, ['\t'], ['\u00a0']],
    ['[[:alpha:]_-]+', ['a_-B'], ['a1']],
    ['[^[:digit:]]', ['a'], ['1']],
    ['[]a]', [']', 'a'], ['b']],
    ['[a-]', ['a', '-'], ['b']],
    [String.raw`[\d-x]`, ['1', '-', 'x'], ['a']],
    [String.raw`[\.&&(]+`, ['.&('], ['a']],
    ['(?i)abc', ['ABC', 'abc'], ['abcd']],
    ['a(?i)b|c', ['aB', 'C'], ['AB']],
    ['(?i:a)b', ['Ab'], ['AB']],
    ['(?P<name>x)(?<other>y)', ['xy'], ['x']],
    ['x{2,3}', ['xx', 'xxx'], ['x', 'xxxx']],
    ['x{,2}', ['x{,2}'], ['xx']],
    [String.raw`\Qa.b\E+`, ['a.b', 'a.bb'], ['axb']],
    [String.raw`\p{Greek}+`, ['αβγ'], ['abc']],
    [String.raw`\x41\x{1F600}\101`, ['A😀A'], ['A']],
    [String.raw`\Aab\z`, ['ab'], ['abc']],
    ['a*?b', ['aab'], ['aa']],
    ['', [''], ['a']],
  ])('%s matches whole values as RE2 does', (pattern, taken, refused) => {
    const regex = compileRegex(pattern);
    for (const value of taken) expect(regex.test(value), `${pattern} on ${JSON.stringify(value)}`).toBe(true);
    for (const value of refused) expect(regex.test(value), `${pattern} on ${JSON.stringify(value)}`).toBe(false);
  });

  it.each([
    ['(', 'missing closing )'],
    [')', 'unexpected )'],
    ['[a', 'missing closing ]'],
    ['a**', 'invalid nested repetition operator'],
    ['(?=a)', 'invalid or unsupported Perl syntax'],
    ['(?<!a)b', 'invalid or unsupported Perl syntax'],
    [String.raw`(a)\1`, 'invalid escape sequence'],
    ['a{1001}', 'invalid repeat count'],
    [String.raw`\y`, 'invalid escape sequence'],
    ['*a', 'error parsing regexp'],
    ['a\\', 'trailing backslash'],
  ])('%s is refused, as RE2 refuses it', (pattern, reason) => {
    expect(() => compileRegex(pattern)).toThrow(reason);
  });

  it.each([
    '(a+)+$',
    '(?i)(A+)+$',
    String.raw`(\w+\s*)+;`,
    '(a|aa)+$',
    '(.*)(.*)(.*)(.*)x',
    '(.+)+;',
    '([[:alpha:]]+)+;',
    String.raw`([^\D]|a|aa)+\z`,
  ])('%s does not run away on a long value', (pattern) => {
    const value = `${'a'.repeat(5_000)}!`;
    const regex = compileRegex(pattern);
    const startedMs = performance.now();
    expect(regex.test(value)).toBe(false);
    // Backtracking would take longer than the universe has.
    expect(performance.now() - startedMs).toBeLessThan(5_000);
  });

  it('a (?i) group says nothing of the class behind it', () => {
    expect(compileRegex('(?i:a)[a-k]').test('AB')).toBe(false);
    expect(compileRegex('(?i:a)[a-k]').test('Ab')).toBe(true);
  });
});
