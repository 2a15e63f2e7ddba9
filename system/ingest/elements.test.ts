import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arrayElements, ndjsonElements } from './elements.ts';

const space = fc.stringMatching(/^[ \t\r\n]{0,3}$/);
const texts = (elements: readonly Buffer[] | null) => elements?.map((element) => element.toString('utf8')) ?? null;

test('the elements of any array are its texts, exactly as they came', () => {
  const padded = fc.tuple(space, fc.json({ stringUnit: 'grapheme' }), space);
  fc.assert(
    fc.property(space, fc.array(padded), space, (before, elements, after) => {
      const text = `${before}[${elements.map((parts) => parts.join('')).join(',')}]${after}`;
      expect(texts(arrayElements(Buffer.from(text)))).toEqual(elements.map(([, json]) => json.trim()));
    }),
  );
});

test('a text is a JSON array exactly when it can be cut and each element is JSON', () => {
  const damaged = fc
    .tuple(fc.array(fc.jsonValue()), fc.nat(), fc.constantFrom('', '"', '\\', '[', ']', '{', '}', ',', 'x'))
    .map(([value, place, piece]) => {
      const text = JSON.stringify(value);
      const index = place % (text.length + 1);
      return `${text.slice(0, index)}${piece}${text.slice(piece === '' ? index + 1 : index)}`;
    });
  fc.assert(
    fc.property(damaged, (text) => {
      const elements = texts(arrayElements(Buffer.from(text)));
      expect(elements !== null && elements.every(isJson)).toBe(isJson(text) && Array.isArray(JSON.parse(text)));
    }),
    { numRuns: 2000 },
  );
});

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

test.each(['', '[', ']', '{}', '[1', '[1]]', '[1] x', '["]', '[{]', 'null', '[1}'])('%s is no array', (text) => {
  expect(arrayElements(Buffer.from(text))).toBeNull();
});

test('an empty array has no element, an empty place is an element without a text', () => {
  expect(texts(arrayElements(Buffer.from(' [ \n ] ')))).toEqual([]);
  expect(texts(arrayElements(Buffer.from('[1,,2,]')))).toEqual(['1', '', '2', '']);
});

test('a broken element leaves its neighbours whole', () => {
  expect(texts(arrayElements(Buffer.from('[{"a":"],["}, {bad: [1,2]}, "\\\\", "\\""]')))).toEqual([
    '{"a":"],["}',
    '{bad: [1,2]}',
    '"\\\\"',
    '"\\""',
  ]);
});

test('bytes that are no UTF-8 are cut all the same: each element is judged alone', () => {
  const bytes = Buffer.concat([Buffer.from('["a",'), Buffer.from([0x22, 0xff, 0xc3, 0x22]), Buffer.from(',1]')]);
  expect(arrayElements(bytes)?.map((element) => element.length)).toEqual([3, 4, 1]);
});

test('NDJSON is cut at line feeds; blank lines, white space around and a last line without a feed are fine', () => {
  expect(texts(ndjsonElements(Buffer.from('{"a":1}\r\n\n  {"b":2} \n\t\n{"c":3}')))).toEqual(['{"a":1}', '{"b":2}', '{"c":3}']);
  expect(ndjsonElements(Buffer.from('\n \n'))).toEqual([]);
});

test('where there are more elements than are taken, cutting ends with one more than that', () => {
  const commas = Buffer.from(`[${','.repeat(1_000_000)}]`);
  expect(arrayElements(commas, 3)).toHaveLength(4);
  expect(ndjsonElements(Buffer.from('1\n'.repeat(1_000_000)), 3)).toHaveLength(4);
  expect(texts(arrayElements(Buffer.from('[1,2,3]'), 3))).toEqual(['1', '2', '3']);
  expect(texts(ndjsonElements(Buffer.from('1\n2\n3\n\n'), 3))).toEqual(['1', '2', '3']);
});
