import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatFloat, formatGeneralFloat, formatPlainFloat, parseFloatText } from './float-text.ts';

describe('floats as text', () => {
  it.each([
    [NaN, 'NaN'],
    [Infinity, '+Inf'],
    [-Infinity, '-Inf'],
    [-0, '-0'],
    [0.1 + 0.2, '0.30000000000000004'],
    [1e21, '1e+21'],
    [1e20, '100000000000000000000'],
    [1e-7, '1e-07'],
    [0.000001, '0.000001'],
    [-1.5e-10, '-1.5e-10'],
    [5e-324, '5e-324'],
  ])('%s is %s in an answer', (value, text) => expect(formatFloat(value)).toBe(text));

  it.each([
    [1.25e-7, '0.000000125'],
    [-1e22, '-10000000000000000000000'],
    [2.5, '2.5'],
    [Infinity, '+Inf'],
  ])('%s is %s as a label value', (value, text) => expect(formatPlainFloat(value)).toBe(text));

  it.each([
    [0.00001, '1e-05'],
    [0.0001, '0.0001'],
    [1.5, '1.5'],
    [-0.000025, '-2.5e-05'],
    [999_999, '999999'],
    [1_234_567, '1.234567e+06'],
  ])('%s is %s in a message', (value, text) => expect(formatGeneralFloat(value)).toBe(text));

  it('read back as the same number', () => {
    fc.assert(
      fc.property(fc.double(), (value) => {
        expect(parseFloatText(formatFloat(value))).toBe(value);
        expect(parseFloatText(formatPlainFloat(value))).toBe(value);
      }),
    );
  });

  it.each([
    ['+Inf', Infinity],
    ['-infinity', -Infinity],
    ['0x1p-2', 0.25],
    ['.5', 0.5],
    ['5.', 5],
    ['', null],
    ['1_0', null],
    ['0x10', null],
    ['five', null],
  ])('%s reads as %s', (text, value) => expect(parseFloatText(text)).toBe(value));
});
