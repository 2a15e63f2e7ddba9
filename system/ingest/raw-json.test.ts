import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findHostileText, isDeeperThan } from './hostile-text.ts';
import { findNumberBeyond, hasHostileEscape, isTextDeeperThan } from './raw-json.ts';

const values = fc.jsonValue({ stringUnit: 'binary' });
/** As it may be written: JSON.stringify escapes lone surrogates and U+0000 alone. */
const textOf = (value: unknown, isEscaped: boolean) => {
  const text = JSON.stringify(value);
  const escape = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return isEscaped ? text.replaceAll(/[\u007f-\uffff]/g, escape) : text;
};
/** What only the text has: the second value takes the place of the first. */
const hide = (text: string) => `{"a":${text},"a":0}`;

test('of a text as deep or as hostile as its value the same is said, and of a hidden one, too', () => {
  fc.assert(
    fc.property(values, fc.boolean(), fc.nat(6), (value, isEscaped, limit) => {
      const text = textOf(value, isEscaped);
      const isHostile = findHostileText(text, value) !== null;
      expect([isTextDeeperThan(text, limit), hasHostileEscape(text)]).toEqual([isDeeperThan(value, limit), isHostile]);
      expect(isTextDeeperThan(hide(text), limit)).toBe(isDeeperThan([value], limit));
      expect(hasHostileEscape(hide(text))).toBe(isHostile);
    }),
    { numRuns: 1000 },
  );
});

test('a number beyond is found wherever it is, and nothing that only looks like one', () => {
  expect(findNumberBeyond('["1e999", {"1e999":-1.5e-400}, true]')).toBeNull();
  for (const source of ['1e401', '-1E-401', `1.${'0'.repeat(2000)}`])
    for (const text of [source, `[${source}]`, `{"1":"\\"",\n"a":${source}}`]) {
      expect(findNumberBeyond(text)).toBe(source);
      expect(findNumberBeyond(hide(text))).toBe(source);
    }
});
