// Walks over a JSON object member by member, as text: numbers stay as they were written, and what stands before a mistake is still read. It is as lenient as
// Loki's reader: it stops at the closing brace, and looks into a nested value only when asked.

export type JsonType = 'string' | 'number' | 'boolean' | 'object' | 'array' | 'null';

/** `text` of a string is what stands between the quotes, escapes and all. */
export type JsonValue = { readonly type: JsonType; readonly text: string; readonly end: number };

export class JsonProblem extends Error {}

const malformedObject = "Value looks like object, but can't find closing '}' symbol";
const malformedArray = "Value is array, but can't find closing ']' symbol";
const malformedJson = 'Malformed JSON error';

const fail = (message: string): never => {
  throw new JsonProblem(message);
};

const nextToken = (text: string, from: number): number => {
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return at;
  }
  return -1;
};

/** The place behind the closing quote; -1 where there is none. */
const stringEnd = (text: string, from: number): number => {
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 92) at += 1;
    else if (code === 34) return at + 1;
  }
  return -1;
};

const blockEnd = (text: string, from: number, open: number, close: number): number => {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 34) {
      const end = stringEnd(text, at + 1);
      if (end < 0) return -1;
      at = end - 1;
    } else if (code === open) depth += 1;
    else if (code === close && (depth -= 1) === 0) return at + 1;
  }
  return -1;
};

const words: Readonly<Record<string, JsonType>> = { true: 'boolean', false: 'boolean', null: 'null' };

const readWord = (text: string, at: number): JsonValue => {
  const pattern = /[^ \n\r\t,}\]]*/y;
  pattern.lastIndex = at;
  const word = pattern.exec(text)?.[0] ?? '';
  const type = words[word] ?? (/^[-0-9]/.test(word) ? 'number' : fail('Unknown value type'));
  return { type, text: word, end: at + word.length };
};

export const readJsonValue = (text: string, from: number): JsonValue => {
  const at = nextToken(text, from);
  if (at < 0) return fail(malformedJson);
  const first = text[at];
  if (first === '"') {
    const end = stringEnd(text, at + 1);
    if (end < 0) fail("Value is string, but can't find closing '\"' symbol");
    return { type: 'string', text: text.slice(at + 1, end - 1), end };
  }
  if (first !== '{' && first !== '[') return readWord(text, at);
  const isObject = first === '{';
  const end = isObject ? blockEnd(text, at, 123, 125) : blockEnd(text, at, 91, 93);
  if (end < 0) fail(isObject ? malformedObject : malformedArray);
  return { type: isObject ? 'object' : 'array', text: text.slice(at, end), end };
};

/** Throws a JsonProblem at the first mistake; `visit` may throw to stop. */
export const eachMember = (text: string, visit: (key: string, value: JsonValue) => void): void => {
  let at = nextToken(text, 0);
  if (at < 0 || text[at] !== '{') fail(malformedObject);
  at = nextToken(text, at + 1);
  if (at < 0) fail(malformedJson);
  if (text[at] === '}') return;
  while (at >= 0 && at < text.length) {
    if (text[at] === '}') return;
    if (text[at] !== '"') fail(malformedObject);
    const keyEnd = stringEnd(text, at + 1);
    if (keyEnd < 0) fail(malformedJson);
    const key = unescapeJson(text.slice(at + 1, keyEnd - 1));
    const colon = nextToken(text, keyEnd);
    if (colon < 0 || text[colon] !== ':') fail(malformedJson);
    const value = readJsonValue(text, colon + 1);
    visit(key ?? fail('Encountered an invalid escape sequence in a string'), value);
    at = nextToken(text, value.end);
    if (at < 0) fail(malformedArray);
    if (text[at] === '}') return;
    if (text[at] !== ',') fail(malformedObject);
    at = nextToken(text, at + 1);
    if (at < 0) fail(malformedArray);
  }
  fail(malformedObject);
};

export const eachElement = (text: string, visit: (index: number, value: JsonValue) => void): void => {
  let at = nextToken(text, 1);
  for (let index = 0; at >= 0 && text[at] !== ']'; index += 1) {
    const value = readJsonValue(text, at);
    visit(index, value);
    at = nextToken(text, value.end);
    if (at < 0 || text[at] === ']') return;
    if (text[at] !== ',') fail(malformedArray);
    at = nextToken(text, at + 1);
  }
};

/** A member by its key. Values of others are passed over as they are; only its own must be one. */
export const findMember = (text: string, wanted: string): JsonValue | null => {
  for (let at = 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 123 || code === 91) {
      const end = code === 123 ? blockEnd(text, at, 123, 125) : blockEnd(text, at, 91, 93);
      if (end < 0) return null;
      at = end - 1;
    } else if (code === 34) {
      const end = stringEnd(text, at + 1);
      if (end < 0) return null;
      const colon = nextToken(text, end);
      if (colon >= 0 && text[colon] === ':' && unescapeJson(text.slice(at + 1, end - 1)) === wanted) return readJsonValue(text, colon + 1);
      at = end - 1;
    }
  }
  return null;
};

/** Null for an escape that JSON does not have. */
export const unescapeJson = (text: string): string | null => {
  if (!text.includes('\\')) return text;
  try {
    return JSON.parse(
      `"${text.replaceAll(/[\u0000-\u001f]/g, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`)}"`,
    ) as string;
  } catch {
    return null;
  }
};

/** The value of a label: text without its escapes, everything else as it was written. What is no valid text is a blank there, as in Loki. */
export const jsonLabelValue = ({ type, text }: JsonValue): string => {
  if (type === 'null') return '';
  return type === 'string' ? (unescapeJson(text) ?? '').toWellFormed().replaceAll('\uFFFD', ' ') : text;
};
