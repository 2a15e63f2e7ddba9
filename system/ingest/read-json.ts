// Bytes in, JSON out, with all that a schema can't see: UTF-8, depth, text that no store gives back, digits that a double loses. Asked of the text, which is stored as it
// came, and not of the value, which lacks what a later equal key hides.
import { isUtf8 } from 'node:buffer';
import { eventLimits } from '../contract/event-limits.ts';
import { mayLoseDigits, parseExactly } from './exact-number.ts';
import { findHostileText } from './hostile-text.ts';
import { findNumberBeyond, hasHostileEscape, isTextDeeperThan } from './raw-json.ts';
import { type Refusal, refuse } from './refusal.ts';

export type ReadJson = {
  readonly text: string;
  readonly value: unknown;
  /** The value to hash: with exact numbers where doubles would lose a digit. */
  readonly exact: unknown;
};

/** `depth`: how deep it may be nested, itself being the first. */
export const readJson = (bytes: Buffer, depth: number = eventLimits.depth): ReadJson | Refusal => {
  if (!isUtf8(bytes)) return refuse('invalid_json', 'The event is not valid UTF-8.');
  const text = bytes.toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text) as unknown;
  } catch (error) {
    if (text.trim() === '') return refuse('invalid_json', 'The body is empty; send one JSON object.');
    return refuse('invalid_json', `The event is not JSON: ${(error as Error).message}`);
  }
  return checkText(text, value, depth);
};

const checkText = (text: string, value: unknown, depth: number): ReadJson | Refusal => {
  if (isTextDeeperThan(text, depth)) return refuse('too_deep', `The event is nested more than ${eventLimits.depth} deep.`);
  if (hasHostileEscape(text)) return hostileText(findHostileText(text, value));
  if (!mayLoseDigits(text)) return { text, value, exact: value };
  const beyond = findNumberBeyond(text);
  if (beyond === null) return { text, value, exact: parseExactly(text) };
  return refuse(
    'number_out_of_range',
    `The number ${beyond.length > 40 ? `${beyond.slice(0, 40)}…` : beyond} has more than ${eventLimits.numberDigits} digits or an exponent beyond ±${eventLimits.numberExponent}.`,
  );
};

/** `path`: a JSON pointer; null: it is in a value that a later equal key hides, and that is stored all the same. */
export const hostileText = (path: string | null): Refusal => {
  if (path === null)
    return refuse('hostile_text', 'A value whose key is given again holds U+0000 or a lone surrogate: give each key once.');
  return refuse('hostile_text', `The string or key at ${path === '' ? 'the top' : path} holds U+0000 or a lone surrogate.`, [{ path }]);
};
