import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ExactNumber, isStorableNumber, mayLoseDigits, normalizeNumber, parseExactly } from './exact-number.ts';

test.each([
  ['0', '0'],
  ['-0', '0'],
  ['0.000', '0'],
  ['0e99', '0'],
  ['1', '1e0'],
  ['1.0', '1e0'],
  ['1e0', '1e0'],
  ['10e-1', '1e0'],
  ['100', '1e2'],
  ['-12.50', '-125e-1'],
  ['0.0012', '12e-4'],
  ['1E+2', '1e2'],
  ['123456789012345678901234567890', '12345678901234567890123456789e1'],
])('%s is %s in normal form', (source, normal) => {
  expect(normalizeNumber(source)).toBe(normal);
});

test('two writings of one decimal have one normal form, and another digit has another', () => {
  const digits = fc.bigInt({ min: 1n, max: 10n ** 40n });
  fc.assert(
    fc.property(digits, fc.integer({ min: 0, max: 30 }), (value, places) => {
      const scaled = `${value}${'0'.repeat(places)}`;
      expect(normalizeNumber(`${value}e${places}`)).toBe(normalizeNumber(scaled));
      expect(normalizeNumber(`${scaled}.0${'0'.repeat(places)}e-${places}`)).toBe(normalizeNumber(`${value}`));
      expect(normalizeNumber(`${value + 1n}`)).not.toBe(normalizeNumber(`${value}`));
    }),
  );
});

test('a number that the fast path takes comes back from a double as it was written', () => {
  const written = fc.stringMatching(/^-?(?:0|[1-9]\d{0,15})(?:\.\d{1,15})?$/);
  fc.assert(
    fc.property(written, (source) => {
      fc.pre(!mayLoseDigits(`[${source}]`));
      expect(normalizeNumber(String(JSON.parse(source)))).toBe(normalizeNumber(source));
    }),
    { numRuns: 1000 },
  );
});

test.each(['[9007199254740993]', '{"a":1e400}', '[1,\n 0.1000000000000000055]', '{"a": -1E2}', '1e5'])('%s goes the exact way', (text) => {
  expect(mayLoseDigits(text)).toBe(true);
});

test.each(['[1,2,3]', '{"id":"550e8400-e29b-41d4-a716-446655440000"}', '{"a":123456789012345}', '{"hash":"12345678901234567890"}'])(
  '%s goes the fast way',
  (text) => {
    expect(mayLoseDigits(text)).toBe(false);
  },
);

test('parseExactly keeps the source of each number, also under __proto__', () => {
  const value = parseExactly('{"a":[9007199254740993],"__proto__":{"b":1.50}}') as Record<string, unknown>;
  expect(value['a']).toEqual([new ExactNumber('9007199254740993')]);
  expect(Object.keys(value)).toEqual(['a', '__proto__']);
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
});

test('digits and exponents are bounded', () => {
  expect(isStorableNumber('1'.repeat(2000))).toBe(true);
  expect(isStorableNumber('1'.repeat(2001))).toBe(false);
  expect(isStorableNumber('1e400')).toBe(true);
  expect(isStorableNumber('1e-401')).toBe(false);
});
