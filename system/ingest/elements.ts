// Cuts a batch into the bytes of its events, without parsing them: each one is judged alone and kept as it came. Where more of them are found than are taken, it ends
// with one more than that.

const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const lineFeed = 0x0a;

/** JSON's own white space, no more. */
const isSpace = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x09 || byte === lineFeed || byte === 0x0d;

/** The elements of a JSON array; null where the text is no array from its first bracket to its last. `[]` has none. */
export const arrayElements = (bytes: Buffer, most = Infinity): readonly Buffer[] | null => {
  const array = trim(bytes);
  if (array.length < 2 || array[0] !== openBracket) return null;
  const elements: Buffer[] = [];
  let start = 1;
  let depth = 1;
  for (let index = 1; index < array.length; index += 1) {
    const byte = array[index];
    if (byte === quote) {
      index = stringEnd(array, index);
    } else if (byte === openBracket || byte === openBrace) {
      depth += 1;
    } else if (byte === closeBracket || byte === closeBrace) {
      depth -= 1;
      if (depth === 0) return byte === closeBracket && index === array.length - 1 ? finish(array, start, elements) : null;
    } else if (byte === comma && depth === 1) {
      elements.push(trim(array.subarray(start, index)));
      if (elements.length > most) return elements;
      start = index + 1;
    }
  }
  return null;
};

const finish = (array: Buffer, start: number, elements: Buffer[]): readonly Buffer[] => {
  const last = trim(array.subarray(start, -1));
  return last.length === 0 && elements.length === 0 ? [] : [...elements, last];
};

/** Index of the closing quote, or past the end. Bytes of UTF-8 beyond ASCII are never a quote or a backslash. */
const stringEnd = (bytes: Buffer, openIndex: number): number => {
  let index = openIndex + 1;
  while (index < bytes.length && bytes[index] !== quote) index += bytes[index] === backslash ? 2 : 1;
  return index;
};

/** The lines of an NDJSON text that are not blank. */
export const ndjsonElements = (bytes: Buffer, most = Infinity): readonly Buffer[] => {
  const lines: Buffer[] = [];
  for (let start = skipSpace(bytes, 0); start < bytes.length && lines.length <= most; start = skipSpace(bytes, start)) {
    const end = bytes.indexOf(lineFeed, start);
    const line = bytes.subarray(start, end === -1 ? bytes.length : end);
    lines.push(trim(line));
    start += line.length;
  }
  return lines;
};

/** Over blank lines, too. */
const skipSpace = (bytes: Buffer, from: number): number => {
  let at = from;
  while (at < bytes.length && isSpace(bytes[at])) at += 1;
  return at;
};

const trim = (bytes: Buffer): Buffer => {
  const start = skipSpace(bytes, 0);
  let end = bytes.length;
  while (end > start && isSpace(bytes[end - 1])) end -= 1;
  return bytes.subarray(start, end);
};
