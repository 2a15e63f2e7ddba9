// The canonical text of a JSON value, and the hash of an event's fields: equal exactly where two bodies say the same.
import { hash } from 'node:crypto';
import { ExactNumber, normalizeNumber } from './exact-number.ts';

/**
 * Keys sorted (by UTF-16 code units), arrays in order, numbers in normal form. Takes values of JSON.parse where no number could lose a digit, of
 * parseExactly elsewhere: both give the same text. Recursive: bound the depth first.
 */
export const canonicalText = (value: unknown): string => {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') return normalizeNumber(String(value));
  if (value instanceof ExactNumber) return normalizeNumber(value.source);
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`;
  if (typeof value === 'object' && value !== null) return canonicalObject(value as Readonly<Record<string, unknown>>);
  return String(value);
};

const canonicalObject = (object: Readonly<Record<string, unknown>>): string => {
  const keys = Object.keys(object).toSorted();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonicalText(object[key])}`).join(',')}}`;
};

/** The contract's fields but `id`, which is the identity and not the body. */
const hashedFields = ['system_name', 'object_id', 'event_name', 'event_time', 'metadata', 'sequence'] as const;

/**
 * SHA-256, 32 bytes. `event` is a validated event. `beyond`: what it says that has no field in the contract; null is the hash of an event that could
 * have come in the contract's own form.
 */
export const bodyHash = (
  event: Readonly<Record<string, unknown>>,
  beyond: Readonly<Record<string, string | null>> | null = null,
): Buffer => {
  const fields = hashedFields.map((field) => (event[field] === undefined ? '' : canonicalText(event[field])));
  if (beyond !== null) fields.push(canonicalText(beyond));
  return hash('sha256', fields.join('\n'), 'buffer');
};
