// A place in the raw text of a JSON document, by JSON pointer (RFC 6901); and the text with something else in that place.
import { elementsOf, membersOf, skipSpace } from '../contract/json-text.ts';
import type { JsonType } from '../contract/recovery.ts';

export type Place = { readonly start: number; readonly end: number };

/** Throws a SyntaxError for what is no pointer. */
export const parsePointer = (pointer: string): readonly string[] => {
  if (pointer === '') return [];
  if (!pointer.startsWith('/') || /~(?![01])/.test(pointer)) throw new SyntaxError(`'${pointer}' is no JSON pointer (RFC 6901)`);
  return pointer
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
};

export const typeAt = (json: string, { start }: Place): JsonType => {
  const first = json[start]!;
  const byFirst: Readonly<Record<string, JsonType>> = { '"': 'string', '{': 'object', '[': 'array', t: 'boolean', f: 'boolean', n: 'null' };
  return byFirst[first] ?? 'number';
};

const wholeOf = (json: string): Place => ({ start: skipSpace(json, 0), end: json.trimEnd().length });

const index = (token: string) => (/^(?:0|[1-9]\d{0,8})$/.test(token) ? Number(token) : -1);

const childOf = (json: string, parent: Place, token: string): Place | null => {
  const type = typeAt(json, parent);
  // The last of equal keys counts, as for whoever parses it.
  const found =
    type === 'object'
      ? membersOf(json, parent.start).findLast(({ key }) => key === token)
      : type === 'array'
        ? elementsOf(json, parent.start)[index(token)]
        : undefined;
  return found === undefined ? null : { start: found.valueStart, end: found.valueEnd };
};

/** null: there is nothing in that place. */
export const findPlace = (json: string, tokens: readonly string[]): Place | null =>
  tokens.reduce<Place | null>((place, token) => (place === null ? null : childOf(json, place, token)), wholeOf(json));

export const replaceAt = (json: string, { start, end }: Place, text: string): string => `${json.slice(0, start)}${text}${json.slice(end)}`;

/** A new member of an object, behind its others. */
export const addMember = (json: string, object: Place, key: string, text: string): string => {
  const last = membersOf(json, object.start).at(-1);
  const member = `${JSON.stringify(key)}:${text}`;
  return last === undefined
    ? replaceAt(json, object, `{${member}}`)
    : replaceAt(json, { start: last.valueEnd, end: last.valueEnd }, `,${member}`);
};

/** The parent without that child: of an object every member of that name, or an earlier one of equal keys would come to count. */
export const removeChild = (json: string, parent: Place, token: string): string => {
  const kept =
    typeAt(json, parent) === 'object'
      ? membersOf(json, parent.start)
          .filter(({ key }) => key !== token)
          .map(({ start, valueEnd }) => json.slice(start, valueEnd))
      : elementsOf(json, parent.start)
          .filter((_, at) => at !== index(token))
          .map(({ valueStart, valueEnd }) => json.slice(valueStart, valueEnd));
  const [open, close] = typeAt(json, parent) === 'object' ? ['{', '}'] : ['[', ']'];
  return replaceAt(json, parent, `${open}${kept.join(',')}${close}`);
};
