// Finds the raw text of one field of a JSON object, without parsing its value: no digit, no order of keys, no spacing is lost.
// The text must be valid JSON (admission has parsed it); what is not, is a programmer's error and throws.

/** The last of equal keys counts, as in JSON.parse and jsonb. undefined: there is no such field. */
export const rawField = (json: string, name: string): string | undefined => {
  let found: string | undefined;
  let at = skipSpace(json, expect(json, skipSpace(json, 0), '{'));
  while (json[at] !== '}') {
    const keyEnd = skipString(json, at);
    const valueStart = skipSpace(json, expect(json, skipSpace(json, keyEnd), ':'));
    const valueEnd = skipValue(json, valueStart);
    if (isKey(json.slice(at, keyEnd), name)) found = json.slice(valueStart, valueEnd);
    at = skipSpace(json, valueEnd);
    if (json[at] === ',') at = skipSpace(json, at + 1);
    else if (json[at] !== '}') throw malformed(json, at);
  }
  return found;
};

/** `keyText` has its quotes; a key may be written with escapes. */
const isKey = (keyText: string, name: string) =>
  keyText.includes('\\') ? JSON.parse(keyText) === name : keyText.length === name.length + 2 && keyText.startsWith(name, 1);

const skipSpace = (json: string, from: number) => {
  let at = from;
  while (json[at] === ' ' || json[at] === '\n' || json[at] === '\r' || json[at] === '\t') at += 1;
  return at;
};

const expect = (json: string, at: number, character: string) => {
  if (json[at] !== character) throw malformed(json, at);
  return at + 1;
};

const skipString = (json: string, from: number) => {
  let at = expect(json, from, '"');
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
  new Error(`The stored text is no JSON object: ${at < json.length ? `unexpected '${json[at]}' at ${at}` : `it ends at ${at}`}.`);
