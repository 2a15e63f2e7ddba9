// Bytes in, JSON out, with all that a schema can't see: UTF-8, depth, text that no store gives back, digits that a double loses.
import { isUtf8 } from 'node:buffer';
import { eventLimits } from '../contract/event-limits.ts';
import { ExactNumber, isStorableNumber, mayLoseDigits, parseExactly } from './exact-number.ts';
import { findHostileText, isDeeperThan } from './hostile-text.ts';
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
  if (isDeeperThan(value, depth)) return refuse('too_deep', `The event is nested more than ${eventLimits.depth} deep.`);
  const hostile = findHostileText(text, value);
  if (hostile !== null) return hostileText(hostile);
  if (!mayLoseDigits(text)) return { text, value, exact: value };
  const exact = parseExactly(text);
  const beyond = findNumberBeyond(exact);
  if (beyond === null) return { text, value, exact };
  return refuse(
    'number_out_of_range',
    `The number ${beyond.length > 40 ? `${beyond.slice(0, 40)}…` : beyond} has more than ${eventLimits.numberDigits} digits or an exponent beyond ±${eventLimits.numberExponent}.`,
  );
};

/** `path`: a JSON pointer. */
export const hostileText = (path: string): Refusal =>
  refuse('hostile_text', `The string or key at ${path === '' ? 'the top' : path} holds U+0000 or a lone surrogate.`, [{ path }]);

const findNumberBeyond = (value: unknown): string | null => {
  if (value instanceof ExactNumber) return isStorableNumber(value.source) ? null : value.source;
  if (typeof value !== 'object' || value === null) return null;
  for (const member of Object.values(value)) {
    const found = findNumberBeyond(member);
    if (found !== null) return found;
  }
  return null;
};
