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

export const gateValue = ({ measured, unit }: Pick<GateResult, 'measured' | 'unit'>): string => {
  if (measured === null) return 'no data';
  if (unit === 'ms') return milliseconds(measured);
  return unit === '/s' ? rate(measured) : percent(measured);
};

/** `1.3` as `+30%`. */
export const change = (ratio: number): string => `${ratio >= 1 ? '+' : '-'}${Math.abs((ratio - 1) * 100).toFixed(1)}%`;

export const errorsText = (errors: Readonly<Record<string, number>>): string =>
  Object.entries(errors)
    .toSorted(([, a], [, b]) => b - a)
    .map(([name, number]) => `${name} ${count(number)}`)
    .join(', ');
