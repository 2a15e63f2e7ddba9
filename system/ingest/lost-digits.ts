// Numbers of JSON that would come out as others, because what reads it keeps them as doubles.
import { ExactNumber, mayLoseDigits, normalizeNumber, parseExactly } from './exact-number.ts';

/** The source of the first such number in a JSON text; null: there is none. Recursive inside: bound the depth first. */
export const findLostDigits = (text: string): string | null => (mayLoseDigits(text) ? findLostNumber(parseExactly(text)) : null);

/** Of a value from `parseExactly`. */
export const findLostNumber = (value: unknown): string | null => {
  if (value instanceof ExactNumber) return isKept(value.source) ? null : value.source;
  if (typeof value !== 'object' || value === null) return null;
  for (const member of Object.values(value)) {
    const lost = findLostNumber(member);
    if (lost !== null) return lost;
  }
  return null;
};

const isKept = (source: string): boolean => {
  const number = Number(source);
  return Number.isFinite(number) && normalizeNumber(source) === normalizeNumber(String(number));
};
