// What the text of JSON holds, also in values that a later equal key hides from whoever parses it: the database reads them all. The text must be valid JSON
// (it was parsed); of most texts each question looks for a few characters and no more.
import { isStorableNumber } from './exact-number.ts';

const quote = 0x22;
const backslash = 0x5c;
const isOpening = (code: number): boolean => code === 0x5b || code === 0x7b;
const isClosing = (code: number): boolean => code === 0x5d || code === 0x7d;
const isDigitOrMinus = (code: number): boolean => (code >= 0x30 && code <= 0x39) || code === 0x2d;

/** Index of the closing quote. */
const stringEnd = (json: string, openIndex: number): number => {
  let at = openIndex + 1;
  for (let code = json.charCodeAt(at); at < json.length && code !== quote; code = json.charCodeAt(at)) at += code === backslash ? 2 : 1;
  return at;
};

/** True where arrays and objects are nested more than `limit` deep, the value itself being the first. */
export const isTextDeeperThan = (json: string, limit: number): boolean => {
  if (!hasMoreOpenings(json, limit)) return false;
  let depth = 0;
  for (let at = 0; at < json.length; at += 1) {
    const code = json.charCodeAt(at);
    if (code === quote) at = stringEnd(json, at);
    else if (isOpening(code)) depth += 1;
    else if (isClosing(code)) depth -= 1;
    if (depth > limit) return true;
  }
  return false;
};

/** Those in strings count as well. */
const hasMoreOpenings = (json: string, most: number): boolean => {
  let left = most;
  for (const opening of ['{', '['])
    for (let at = json.indexOf(opening); at !== -1; at = json.indexOf(opening, at + 1)) if ((left -= 1) < 0) return true;
  return false;
};

/** True where a string or key holds U+0000 or a lone surrogate. Valid UTF-8 has no lone surrogate, and JSON no raw NUL: only an escape can bring one in. */
export const hasHostileEscape = (json: string): boolean => {
  if (!json.includes(String.raw`\u`)) return false;
  for (let at = json.indexOf('\\'); at !== -1; at = json.indexOf('\\', at)) {
    const length = harmlessLength(json, at);
    if (length === 0) return true;
    at += length;
  }
  return false;
};

const surrogatePair = /\\u[dD][89abAB]..\\u[dD][c-fC-F]../y;

/** Of the escape at `at`, a pair of surrogates being one; 0: it is hostile. */
const harmlessLength = (json: string, at: number): number => {
  if (json[at + 1] !== 'u') return 2;
  const first = json[at + 2];
  if (first === '0') return json.startsWith('0000', at + 2) ? 0 : 6;
  if ((first !== 'd' && first !== 'D') || json[at + 3]! <= '7') return 6;
  surrogatePair.lastIndex = at;
  return surrogatePair.test(json) ? 12 : 0;
};

const number = /[-+.\deE]+/y;

/** The first number that has more digits or a larger exponent than can be stored without loss; null where there is none. */
export const findNumberBeyond = (json: string): string | null => {
  for (let at = 0; at < json.length; at += 1) {
    const code = json.charCodeAt(at);
    if (code === quote) at = stringEnd(json, at);
    if (!isDigitOrMinus(code)) continue;
    number.lastIndex = at;
    const [source] = number.exec(json)!;
    if (!isStorableNumber(source)) return source;
    at += source.length - 1;
  }
  return null;
};
