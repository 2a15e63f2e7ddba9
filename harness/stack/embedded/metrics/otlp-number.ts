// OTLP's numbers and values -> plain numbers and text.
import type { OtlpDouble, OtlpInteger, OtlpValue } from '../otlp-metric-types.ts';

/** Past 2^53 an integer loses its last digits, as in Prometheus, whose samples are floats. */
export const integerToNumber = (value: OtlpInteger | null | undefined): number => Number(value ?? 0);

export const doubleToNumber = (value: OtlpDouble | null | undefined): number => Number(value ?? 0);

/** Nanoseconds since 1970 -> whole milliseconds, cut off. */
export const nanosToMs = (value: OtlpInteger | null | undefined): number => {
  if (value === null || value === undefined) return 0;
  if (typeof value === 'bigint') return Number(value / 1_000_000n);
  // The last six digits of the text are what a division by a million cuts off.
  if (typeof value === 'string' && /^\d+$/.test(value)) return value.length > 6 ? Number(value.slice(0, -6)) : 0;
  return Math.floor(Number(value) / 1e6);
};

const toPlain = (value: OtlpValue | null | undefined): unknown => {
  if (value === null || value === undefined) return null;
  if (value.stringValue !== null && value.stringValue !== undefined) return value.stringValue;
  if (value.boolValue !== null && value.boolValue !== undefined) return value.boolValue;
  if (value.intValue !== null && value.intValue !== undefined) return BigInt(value.intValue);
  if (value.doubleValue !== null && value.doubleValue !== undefined) return doubleToNumber(value.doubleValue);
  if (value.arrayValue) return (value.arrayValue.values ?? []).map(toPlain);
  if (value.kvlistValue) return Object.fromEntries((value.kvlistValue.values ?? []).map(({ key, value: inner }) => [key, toPlain(inner)]));
  if (value.bytesValue) return typeof value.bytesValue === 'string' ? value.bytesValue : Buffer.from(value.bytesValue).toString('base64');
  return null;
};

const toJson = (plain: unknown): string => {
  if (typeof plain === 'bigint') return plain.toString();
  if (Array.isArray(plain)) return `[${plain.map(toJson).join(',')}]`;
  if (plain === null || typeof plain !== 'object') return JSON.stringify(plain);
  const entries = Object.entries(plain).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${toJson(value)}`).join(',')}}`;
};

/** An attribute's value as a label's: text as it is, lists and maps as JSON, nothing as the empty text. */
export const valueToText = (value: OtlpValue | null | undefined): string => {
  if (typeof value?.stringValue === 'string') return value.stringValue;
  const plain = toPlain(value);
  if (plain === null) return '';
  return typeof plain === 'string' ? plain : toJson(plain);
};
