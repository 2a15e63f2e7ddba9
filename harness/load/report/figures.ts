// Figures of a load run as a reader wants them, the same on the screen and in the report.
import { count, milliseconds } from '../../report/console/numbers.ts';
import type { GateResult } from '../result.ts';

export const percent = (share: number | null): string => {
  if (share === null) return '-';
  const value = share * 100;
  return `${value === 0 || value >= 10 ? value.toFixed(0) : Number(value.toPrecision(2))}%`;
};

export const rate = (perSecond: number | null): string => {
  if (perSecond === null) return '-';
  return `${perSecond >= 100 ? count(perSecond) : Number(perSecond.toPrecision(3))}/s`;
};

/** As short as it can be and still be told from its bound: a rounded 95% would look as if it had met 95%. */
export const gateValue = ({ measured, unit, bound }: Pick<GateResult, 'measured' | 'unit' | 'bound'>): string => {
  if (measured === null) return 'no data';
  if (measured === bound || short(measured, unit) !== short(bound, unit)) return short(measured, unit);
  let digits = 1;
  while (digits < mostDigits && exact(measured, unit, digits) === exact(bound, unit, digits)) digits += 1;
  return exact(measured, unit, digits);
};

const mostDigits = 9;

const short = (value: number, unit: string): string => {
  if (unit === 'ms') return milliseconds(value);
  return unit === '/s' ? rate(value) : percent(value);
};

const exact = (value: number, unit: string, digits: number): string => {
  if (unit === 'ms') return value >= 10_000 ? `${(value / 1000).toFixed(digits)} s` : `${value.toFixed(digits)} ms`;
  return unit === '/s' ? `${value.toFixed(digits)}/s` : `${(value * 100).toFixed(digits)}%`;
};

/** `1.3` as `+30%`. */
export const change = (ratio: number): string => `${ratio >= 1 ? '+' : '-'}${Math.abs((ratio - 1) * 100).toFixed(1)}%`;

export const errorsText = (errors: Readonly<Record<string, number>>): string =>
  Object.entries(errors)
    .toSorted(([, a], [, b]) => b - a)
    .map(([name, number]) => `${name} ${count(number)}`)
    .join(', ');
