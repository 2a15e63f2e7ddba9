// Walks the raw text of JSON without parsing values: no digit, no order of keys, no spacing is lost.
// The text must be valid JSON (admission has parsed it); what is not, is a programmer's error and throws.

export type Member = {
  /** The key as it means, its escapes undone. */
  readonly key: string;
  /** Where the key's quote is. */
  readonly start: number;
  readonly valueStart: number;
  readonly valueEnd: number;
};

export type Element = { readonly valueStart: number; readonly valueEnd: number };

/** Every member of the object that begins at `start`, equal keys included. */
export const membersOf = (json: string, start: number): readonly Member[] => {
  const members: Member[] = [];
  let at = skipSpace(json, expectCharacter(json, start, '{'));
  while (json[at] !== '}') {
    const keyEnd = skipString(json, at);
    const valueStart = skipSpace(json, expectCharacter(json, skipSpace(json, keyEnd), ':'));
    const valueEnd = skipValue(json, valueStart);
    members.push({ key: keyOf(json.slice(at, keyEnd)), start: at, valueStart, valueEnd });
    at = afterItem(json, valueEnd, '}');
  }
  return members;
};

export const elementsOf = (json: string, start: number): readonly Element[] => {
  const elements: Element[] = [];
  let at = skipSpace(json, expectCharacter(json, start, '['));
  while (json[at] !== ']') {
    const valueEnd = skipValue(json, at);
    elements.push({ valueStart: at, valueEnd });
    at = afterItem(json, valueEnd, ']');
  }
  return elements;
};

/** `text` has its quotes; a key may be written with escapes. */
const keyOf = (text: string): string => (text.includes('\\') ? (JSON.parse(text) as string) : text.slice(1, -1));

const afterItem = (json: string, valueEnd: number, close: string) => {
  const at = skipSpace(json, valueEnd);
  if (json[at] === ',') return skipSpace(json, at + 1);
  if (json[at] !== close) throw malformed(json, at);
  return at;
};

export const skipSpace = (json: string, from: number): number => {
  let at = from;
  while (json[at] === ' ' || json[at] === '\n' || json[at] === '\r' || json[at] === '\t') at += 1;
  return at;
};

const expectCharacter = (json: string, at: number, character: string) => {
  if (json[at] !== character) throw malformed(json, at);
  return at + 1;
};

const skipString = (json: string, from: number) => {
  let at = expectCharacter(json, from, '"');
  while (json[at] !== '"') {
    if (at >= json.length) throw malformed(json, at);
    at += json[at] === '\\' ? 2 : 1;
  }
  return at + 1;
};

const skipValue = (json: string, from: number) => {
  const first = json[from];
  if (first === '"') return skipString(json, from);
  return first === '{' || first === '[' ? skipNested(json, from) : skipScalar(json, from);
};

/** Counts brackets rather than recursing: depth costs no stack. */
const skipNested = (json: string, from: number) => {
  let depth = 0;
  let at = from;
  do {
    const character = json[at];
    if (character === undefined) throw malformed(json, at);
    if (character === '{' || character === '[') depth += 1;
    if (character === '}' || character === ']') depth -= 1;
    at = character === '"' ? skipString(json, at) : at + 1;
  } while (depth > 0);
  return at;
};

const skipScalar = (json: string, from: number) => {
  let at = from;
  while (/[-+.0-9a-zA-Z]/.test(json[at] ?? ' ')) at += 1;
  if (at === from) throw malformed(json, at);
  return at;
};

const malformed = (json: string, at: number) =>
  new Error(`The stored text is no JSON object or array: ${at < json.length ? `unexpected '${json[at]}' at ${at}` : `it ends at ${at}`}.`);
