import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeHeader } from './decode-header.ts';

test.each([
  ['Euro%20%E2%82%AC%20%F0%9F%98%80', 'Euro € 😀'],
  ['as it is, with spaces', 'as it is, with spaces'],
  ['%e2%82%ac', '€'],
  ['%41%2F', 'A/'],
  ['%2525', '%25'],
  ['"quoted \\"text\\" \\\\ here"', 'quoted "text" \\ here'],
  ['"%20"', ' '],
  ['a"b', 'a"b'],
  ['a+b', 'a+b'],
  ['', ''],
])('%s stands for %j', (header, text) => {
  expect(decodeHeader(header)).toBe(text);
});

test.each([
  ['100%', 'a bare percent sign'],
  ['%zz', 'no hex digits'],
  ['%C0%A0', 'an overlong encoding'],
  ['%ED%A0%80', 'a surrogate'],
  ['%E2%82', 'half a character'],
  ['gr\u00fc\u00df', 'bytes beyond ASCII'],
  ['a\u007fb', 'a control character'],
])('%s is refused: %s', (header) => {
  expect(decodeHeader(header)).toBeNull();
});

/** As the specification has it: all but printable ASCII, and space, double quote and percent, too. */
const encode = (text: string): string =>
  Array.from(text)
    .map((character) =>
      /[\x21-\x7e]/.test(character) && !'"%'.includes(character)
        ? character
        : Array.from(Buffer.from(character))
            .map((byte) => `%${byte.toString(16).padStart(2, '0').toUpperCase()}`)
            .join(''),
    )
    .join('');

test('any text comes back from its encoding', () => {
  const property = fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (text) => {
    expect(decodeHeader(encode(text))).toBe(text);
  });
  fc.assert(property, { numRuns: 300 });
});

test('no header makes it throw, and what it gives is well-formed', () => {
  const property = fc.property(fc.string({ unit: fc.constantFrom('%', '"', '\\', 'E', '2', 'f', '0', ' ', 'z', '\u00e9') }), (header) => {
    expect((decodeHeader(header) ?? '').isWellFormed()).toBe(true);
  });
  fc.assert(property, { numRuns: 1000 });
});
