// Decimal numbers as text, in one normal form: 1.0 = 1 = 1e0 and no digit is lost, however many there are.
import { eventLimits } from '../contract/event-limits.ts';

const pattern = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** `source` is a JSON number. Digits without zeros at either end, and the exponent of ten of the last digit: -12.50 is -125e-1. Zero is 0. */
export const normalizeNumber = (source: string): string => {
  const match = pattern.exec(source);
  if (!match) throw new TypeError(`${source} is no JSON number`);
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const significant = withoutTrailingZeros(digits);
  if (significant === '') return '0';
  const scale = Number(exponent) - fraction.length + (digits.length - significant.length);
  return `${sign}${significant}e${scale}`;
};

/** Not /0+$/: on a million zeros before a last digit it would start over at each of them. */
const withoutTrailingZeros = (digits: string): string => {
  let end = digits.length;
  while (end > 0 && digits.charCodeAt(end - 1) === 0x30) end -= 1;
  return digits.slice(0, end);
};

export const isStorableNumber = (source: string): boolean => {
  const match = pattern.exec(source);
  if (!match) return false;
  const [, , whole = '', fraction = '', exponent = '0'] = match;
  return whole.length + fraction.length <= eventLimits.numberDigits && Math.abs(Number(exponent)) <= eventLimits.numberExponent;
};

/**
 * True where a number of this JSON text may not survive as a double: 16 characters of digits, or an exponent. Decimals of up to 15 digits come
 * back from a double as they were. A string that only looks like such a number costs time, no correctness.
 */
export const mayLoseDigits = (text: string): boolean => /(?:^|[:,[\s])-?(?:[\d.]{16}|[\d.]+[eE])/.test(text);

/** Stands for a number in a value parsed without loss. */
export class ExactNumber {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }
}

/** JSON.parse with every number as an ExactNumber. Recursive inside: bound the depth first. */
export const parseExactly = (text: string): unknown =>
  JSON.parse(text, (_key, value: unknown, context?: { source?: string }) =>
    typeof value === 'number' ? new ExactNumber(context!.source!) : value,
  );
