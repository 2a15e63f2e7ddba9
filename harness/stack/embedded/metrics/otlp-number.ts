// OTLP's numbers, lists and values -> plain ones. The types say what a sender should send; what came is checked here.
import { deepestValue } from '../otlp/attribute-value.ts';
import { showValue } from '../otlp/show-value.ts';
import type { OtlpAttribute, OtlpDouble, OtlpInteger, OtlpValue } from '../otlp-metric-types.ts';

/** A part of a request that is not what OTLP says. It costs its data point, not the request. */
export class InvalidData extends Error {
  constructor(what: string, value: unknown) {
    super(`${what} is not valid: ${showValue(value).slice(0, 80)}`);
    this.name = 'InvalidData';
  }
}

export const listOf = <T>(list: readonly T[] | null | undefined, what: string): readonly T[] => {
  if (list === null || list === undefined) return [];
  if (!Array.isArray(list)) throw new InvalidData(what, list);
  return list;
};

/** An item of a list that must be there: `null` in a list is no default. */
export const recordOf = <T extends object>(item: T | null | undefined, what: string): T => {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) throw new InvalidData(what, item);
  return item;
};

/** Past 2^53 an integer loses its last digits, as in Prometheus, whose samples are floats. */
export const integerToNumber = (value: OtlpInteger | null | undefined): number => {
  if (value === null || value === undefined) return 0;
  const isText = typeof value === 'string' && /^-?\d+$/.test(value);
  if (!isText && typeof value !== 'bigint' && !Number.isInteger(value)) throw new InvalidData('integer', value);
  return Number(value);
};

const decimal = /^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

export const doubleToNumber = (value: OtlpDouble | null | undefined): number => {
  if (value === null || value === undefined) return 0;
  if (typeof value === 'number' || value === 'NaN' || value === 'Infinity' || value === '-Infinity') return Number(value);
  if (typeof value !== 'string' || !decimal.test(value)) throw new InvalidData('double', value);
  return Number(value);
};

/** Nanoseconds since 1970 -> whole milliseconds, cut off. */
export const nanosToMs = (value: OtlpInteger | null | undefined): number => {
  if (typeof value === 'bigint') return Number(value / 1_000_000n);
  // The last six digits of the text are what a division by a million cuts off.
  if (typeof value === 'string' && /^\d{7,}$/.test(value)) return Number(value.slice(0, -6));
  return Math.floor(integerToNumber(value) / 1e6);
};

const textOf = (text: unknown, what: string): string => {
  if (typeof text !== 'string') throw new InvalidData(what, text);
  return text;
};

const bytesToText = (bytes: unknown): string =>
  bytes instanceof Uint8Array ? Buffer.from(bytes).toString('base64') : textOf(bytes, 'bytes');

const toEntry = (item: OtlpAttribute, depth: number): readonly [string, unknown] => {
  const { key, value } = recordOf(item, 'entry of a map');
  return [textOf(key ?? '', 'key'), toPlain(value, depth)];
};

const toPlain = (value: OtlpValue | null | undefined, depth = 1): unknown => {
  if (depth > deepestValue) throw new InvalidData('depth of values in values', depth);
  if (value === null || value === undefined) return null;
  if (value.stringValue !== null && value.stringValue !== undefined) return textOf(value.stringValue, 'text');
  if (value.boolValue !== null && value.boolValue !== undefined) return value.boolValue;
  // Every digit is kept: an id is no quantity.
  if (value.intValue !== null && value.intValue !== undefined) return BigInt(integerToNumber(value.intValue) === 0 ? 0 : value.intValue);
  if (value.doubleValue !== null && value.doubleValue !== undefined) return doubleToNumber(value.doubleValue);
  if (value.arrayValue) return listOf(value.arrayValue.values, 'list').map((item) => toPlain(item, depth + 1));
  if (value.kvlistValue) return Object.fromEntries(listOf(value.kvlistValue.values, 'map').map((item) => toEntry(item, depth + 1)));
  return value.bytesValue ? bytesToText(value.bytesValue) : null;
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
