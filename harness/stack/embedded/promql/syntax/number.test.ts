import { describe, expect, it } from 'vitest';
import { parseNumberText } from './number.ts';
import { unquote } from './quoted-text.ts';

describe('a number literal', () => {
  it.each([
    ['10', 10],
    ['0x1F', 31],
    ['017', 15],
    ['08', 8],
    ['1_000', 1000],
    ['1e3', 1000],
    ['.5', 0.5],
    ['Inf', Infinity],
    ['1h30m', 5400],
    ['1d2h3m4s5ms', 93_784.005],
    ['2w', 1_209_600],
    ['300y', null],
    ['1s1m', null],
    ['1_000.5', null],
    ['5x', null],
  ])('%s is %s', (text, value) => expect(parseNumberText(text)).toBe(value));
});

describe('a string literal', () => {
  it.each([
    [String.raw`"a\"b\n"`, 'a"b\n'],
    [String.raw`'it\'s'`, "it's"],
    ['`raw\\n`', 'raw\\n'],
    [String.raw`"\xc3\xa9\u00e9\U0001F600\101"`, 'éé😀A'],
    [String.raw`"\'"`, null],
    [String.raw`"\xff"`, null],
    [String.raw`"\q"`, null],
    ['"open', null],
    ['"line\nbreak"', null],
  ])('%s is %s', (text, value) => expect(unquote(text)).toBe(value));
});
