import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Dictionary } from './dictionary.ts';

const hash = fc.stringMatching(/^[0-9a-f]{64}$/);
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', 'größe-東京', '\ud800', '\udc00x', '\ufffd'),
  hash,
  hash.map((each) => each.toUpperCase()),
);

test('a text has one code, and the code gives the text back, also where it is hexadecimal or no Unicode', () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 300 }), (texts) => {
      const dictionary = new Dictionary();
      const codes = new Map<string, number>();
      for (const each of texts) {
        const code = dictionary.codeOf(each);
        expect(code).toBe(codes.get(each) ?? codes.size);
        codes.set(each, code);
      }
      for (const [each, code] of codes) expect([dictionary.text(code), dictionary.find(each)]).toEqual([each, code]);
      expect(dictionary.size).toBe(codes.size);
      expect(dictionary.find('not there')).toBe(-1);
    }),
  );
});

test('a text that stands in bytes has the code that it has as a string, in whatever order they come again', () => {
  const wellFormed = text.filter((each) => each.isWellFormed());
  fc.assert(
    fc.property(fc.array(wellFormed, { maxLength: 60 }), fc.array(fc.nat(59), { maxLength: 200 }), (texts, again) => {
      const [bytes, strings] = [new Dictionary(), new Dictionary()];
      for (const each of [...texts, ...again.flatMap((place) => texts[place] ?? [])]) {
        const source = Buffer.from(`"${each}"`);
        expect(bytes.codeOfBytes(source, 1, source.length - 1)).toBe(strings.codeOf(each));
      }
      expect(texts.map((each) => bytes.text(bytes.find(each)))).toEqual(texts);
    }),
  );
});

test('more texts than are kept as strings are told apart and given back', () => {
  const dictionary = new Dictionary();
  for (let number = 0; number < 40_000; number += 1) expect(dictionary.codeOf(`order-${number}`)).toBe(number);
  expect([0, 16_383, 16_384, 39_999].map((code) => dictionary.text(code))).toEqual([
    'order-0',
    'order-16383',
    'order-16384',
    'order-39999',
  ]);
  expect(dictionary.find('order-25000')).toBe(25_000);
  dictionary.trim();
  expect([dictionary.find('order-25000'), dictionary.codeOf('order-7'), dictionary.codeOf('new'), dictionary.text(40_000)]).toEqual([
    25_000,
    7,
    40_000,
    'new',
  ]);
  const again = Buffer.from('newernew');
  expect([dictionary.codeOfBytes(again, 0, 5), dictionary.codeOfBytes(again, 5, 8)]).toEqual([40_001, 40_000]);
});
