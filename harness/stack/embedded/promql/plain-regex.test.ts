import fc from 'fast-check';
import { expect, test } from 'vitest';
import { plainRegex } from './plain-regex.ts';
import { translateRegex } from './regex.ts';

const characters = ['a', 'b', 'k', 'K', '\u212a', 's', 'ſ', 'é', 'É', 'σ', 'ς', '7', '_', '-', '[', ']', ' ', '\n', '😀', '😁', '𐐀', '𐐨'];

const escaped = (text: string): string => text.replaceAll(/[[\]\\^-]/g, String.raw`\$&`);

const item = fc.oneof(
  fc.constantFrom(...characters).map(escaped),
  fc.constantFrom('a-k', 'A-Z', 'é-ſ', '😀-😂', String.raw`\x{10400}-\x{10427}`, '[:alpha:]', '[:^digit:]', String.raw`\d`, String.raw`\W`),
);
const classOf = fc
  .tuple(fc.boolean(), fc.array(item, { minLength: 1, maxLength: 3 }))
  .map(([isNegated, items]) => `[${isNegated ? '^' : ''}${items.join('')}]`);

const atom = fc.oneof(
  fc.constantFrom(...characters).map(escaped),
  fc.constantFrom('.', String.raw`\x41`, String.raw`\x{e9}`, String.raw`\D`, String.raw`\w`, String.raw`\.`, '^', '$'),
  classOf,
);
const quantified = fc
  .tuple(atom, fc.constantFrom('', '', '*', '+', '?', '*?', '+?', '{2}', '{1,2}'))
  .map(([text, quantifier]) => (/^[$^]$/.test(text) ? text : text + quantifier));
const sequence = fc.array(quantified, { maxLength: 3 }).map((parts) => parts.join(''));
const group = fc
  .tuple(fc.constantFrom('(', '(?:', '(?s:', '(?-s:', '(?m:', '(?P<x>', '(?s)('), fc.array(sequence, { minLength: 1, maxLength: 2 }))
  .map(([open, ways]) => `${open}${ways.join('|')})`);
const pattern = fc.array(fc.oneof(sequence, group), { minLength: 1, maxLength: 3 }).map((parts) => parts.join(''));
const value = fc.array(fc.constantFrom(...characters, 'A', 'S'), { maxLength: 5 }).map((parts) => parts.join(''));

/** Without the place: V8 tries what is written for the flag v between the halves of a character too. */
const found = (regex: RegExp, text: string): unknown => {
  const match = regex.exec(text);
  return match === null ? null : [...match];
};

// Case is a flag of the whole here: beside a group such as (?i:a) V8 takes classes without their case too.
test('spelt out, an expression finds what it finds with its flags', () => {
  const values = fc.array(value, { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(pattern, fc.boolean(), fc.boolean(), values, (text, dotAll, ignoresCase, texts) => {
      fc.pre((text.match(/\?P<x>/g) ?? []).length < 2);
      const source = translateRegex(text);
      const plain = plainRegex(translateRegex(ignoresCase ? `(?i:${text})` : text), dotAll);
      expect(plain, text).not.toBeNull();
      const flags = `v${dotAll ? 's' : ''}${ignoresCase ? 'i' : ''}`;
      for (const each of texts) {
        const where = `${text} (${flags}) on ${JSON.stringify(each)}, as ${plain}`;
        expect(found(new RegExp(plain!), each), where).toEqual(found(new RegExp(source, flags), each));
        expect(found(new RegExp(`^(?:${plain})$`), each), `all: ${where}`).toEqual(found(new RegExp(`^(?:${source})$`, flags), each));
      }
    }),
    { numRuns: 500 },
  );
});

test.each([
  ['.*x', true, String.raw`[\u0000-\uffff]*x`],
  ['[a-c]+', false, '[a-c]+'],
  ['.', true, String.raw`(?:[\u0000-\ud7ff\ue000-\uffff]|[\ud800-\udbff][\udc00-\udfff])`],
  ['[a😀-🤀]', false, String.raw`(?:a|\ud83d[\ude00-\udfff]|\ud83e[\udc00-\udd00])`],
  ['😀', false, String.raw`(?:\ud83d\ude00)`],
  ['(?i)ka', false, String.raw`(?:[Kk\u212a][Aa])`],
  [String.raw`\Aa\z`, false, '^a$'],
  [String.raw`(?m)a\z`, false, '(?m:a(?-m:$))'],
])('%s is spelt %3$s', (text, dotAll, plain) => {
  expect(plainRegex(translateRegex(text), dotAll)).toBe(plain);
});

test('a class of Unicode cannot be spelt out', () => {
  expect(plainRegex(translateRegex(String.raw`\pL+`), false)).toBeNull();
  expect(plainRegex(translateRegex(String.raw`[x\p{Greek}]`), false)).toBeNull();
});
