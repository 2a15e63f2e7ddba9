// Values in a template, as Go has them: whole numbers are bigint, floats are number, a moment is nanoseconds since 1970.
import { formatGeneralFloat } from '../../../promql/float-text.ts';
import { floatValue } from '../syntax/literals.ts';
import { defaultTimeText } from './go-time.ts';

export type Moment = { readonly nanos: bigint };

export type TemplateValue = string | bigint | number | boolean | Moment | null;

/** Fails the formatting of one entry, never the query. */
export class TemplateProblem extends Error {}

export const textOfValue = (value: TemplateValue): string => {
  if (value === null) return '<no value>';
  if (typeof value === 'number') return formatGeneralFloat(value);
  return typeof value === 'object' ? defaultTimeText(value.nanos) : String(value);
};

export const isTruthy = (value: TemplateValue): boolean => {
  if (value === null) return false;
  if (typeof value === 'object') return true;
  return value !== '' && value !== 0n && value !== 0 && value !== false;
};

export const asText = (value: TemplateValue | undefined): string => {
  if (typeof value !== 'string') throw new TemplateProblem(`wrong type for value; expected string; got ${typeName(value)}`);
  return value;
};

export const typeName = (value: TemplateValue | undefined): string => {
  if (value === undefined) return 'nothing';
  if (typeof value === 'bigint') return 'int';
  return typeof value === 'number' ? 'float64' : typeof value === 'boolean' ? 'bool' : typeof value === 'string' ? 'string' : 'time';
};

const asInteger = (value: TemplateValue): bigint => {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? BigInt(Math.trunc(value)) : 0n;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  return typeof value === 'string' && /^[+-]?\d+(?:\.\d*)?$/.test(value) ? BigInt(value.replace(/^\+|\..*/g, '')) : 0n;
};

/** What is no number is 0: that is how these functions take it in Loki. */
export const toInteger = (value: TemplateValue | undefined): bigint => asInteger(value ?? null);

export const toFloat = (value: TemplateValue | undefined): number => {
  if (typeof value === 'bigint' || typeof value === 'boolean') return Number(value);
  if (typeof value === 'number') return value;
  try {
    return typeof value === 'string' ? floatValue(value) : 0;
  } catch {
    return 0;
  }
};

/** A count given to a function: an integer, not text. */
export const asCount = (value: TemplateValue | undefined): number => {
  if (typeof value !== 'bigint') throw new TemplateProblem(`wrong type for value; expected int; got ${typeName(value)}`);
  return Number(value);
};
