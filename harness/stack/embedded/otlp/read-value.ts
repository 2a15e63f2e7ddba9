// Reads single values out of a decoded OTLP request, JSON or protobuf alike: in JSON a 64-bit integer is a string or a number, an enum its number or
// its name, an id is hex; from protobuf ids are bytes. What is absent or null has the default of proto3.
import { OtlpDecodeError } from './decode-error.ts';
import { showValue } from './show-value.ts';

const shown = (value: unknown): string => {
  const text = showValue(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
};

const refuse = (path: string, wanted: string, value: unknown): never => {
  throw new OtlpDecodeError(path, `expected ${wanted}, got ${shown(value)}`);
};

const isAbsent = (value: unknown): value is null | undefined => value === undefined || value === null;

export const readRecord = (value: unknown, path: string): Readonly<Record<string, unknown>> => {
  if (isAbsent(value)) return {};
  if (typeof value !== 'object' || Array.isArray(value)) return refuse(path, 'an object', value);
  return value as Record<string, unknown>;
};

export const readList = (value: unknown, path: string): readonly unknown[] => {
  if (isAbsent(value)) return [];
  return Array.isArray(value) ? value : refuse(path, 'an array', value);
};

export const readText = (value: unknown, path: string): string => {
  if (isAbsent(value)) return '';
  return typeof value === 'string' ? value : refuse(path, 'a string', value);
};

export const readBoolean = (value: unknown, path: string): boolean => {
  if (isAbsent(value)) return false;
  return typeof value === 'boolean' ? value : refuse(path, 'true or false', value);
};

/** A 64-bit integer, in decimal text or as a JSON number. */
export const readInteger = (value: unknown, path: string): bigint => {
  if (isAbsent(value)) return 0n;
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value);
  if (typeof value === 'string' && /^-?\d{1,20}$/.test(value)) return BigInt(value);
  return refuse(path, 'an integer, as a number or as decimal text', value);
};

/** A 32-bit number where a loss of digits can't happen. */
export const readCount = (value: unknown, path: string): number => {
  if (typeof value === 'number' && Number.isInteger(value)) return value;
  return Number(readInteger(value, path));
};

const specialDoubles: Readonly<Record<string, number>> = { NaN: Number.NaN, Infinity: Infinity, '-Infinity': -Infinity };

export const readDouble = (value: unknown, path: string): number => {
  if (isAbsent(value)) return 0;
  if (typeof value === 'number') return value;
  if (typeof value === 'string' && value in specialDoubles) return specialDoubles[value] as number;
  if (typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value))) return Number(value);
  return refuse(path, 'a number', value);
};

/** An enum by its number, or by its name with or without the prefix that protobuf gives it. */
export const readEnum = (value: unknown, names: readonly string[], prefix: string, path: string): number => {
  if (isAbsent(value)) return 0;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
  if (typeof value === 'string' && /^\d+$/.test(value)) return Number(value);
  const bare = typeof value === 'string' && value.startsWith(prefix) ? value.slice(prefix.length) : value;
  const index = names.indexOf(bare as string);
  return index >= 0 ? index : refuse(path, `a number or one of ${names.map((name) => prefix + name).join(', ')}`, value);
};

/** An id of `bytes` bytes as lower-case hex; '' where there is none (absent, empty or all zero). */
export const readId = (value: unknown, bytes: number, path: string): string => {
  if (isAbsent(value)) return '';
  const hex = value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value;
  if (hex === '') return '';
  if (typeof hex !== 'string' || hex.length !== bytes * 2 || !/^[0-9a-fA-F]+$/.test(hex)) {
    return refuse(path, `${bytes} bytes, in hex`, value instanceof Uint8Array ? `${value.length} bytes` : value);
  }
  return /^0+$/.test(hex) ? '' : hex.toLowerCase();
};
