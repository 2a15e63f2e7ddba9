// Numbers as a reader wants them: thousands apart, milliseconds or seconds by size, shares in per cent.

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

export const count = (value: number): string => grouped.format(value);

export const milliseconds = (value: number | null): string => {
  if (value === null) return '-';
  if (value >= 10_000) return `${(value / 1000).toFixed(1)} s`;
  return value >= 100 ? `${Math.round(value)} ms` : `${value.toFixed(1)} ms`;
};

export const seconds = (value: number): string => `${value.toFixed(1)} s`;

/** Four digits, no trailing zeros: 0.04123 -> 0.04123, 12345.6 -> 12,346. */
export const measured = (value: number | null): string => {
  if (value === null) return 'no data';
  if (Number.isInteger(value)) return count(value);
  return Math.abs(value) >= 1000 ? count(value) : String(Number(value.toPrecision(4)));
};

/** A measured value with its unit, in the unit that reads best: 0.0123 s -> 12.3 ms. */
export const quantity = (value: number | null, unit: string): string => {
  if (value === null) return 'no data';
  if (unit === 's' && Math.abs(value) < 1 && value !== 0) return `${measured(value * 1000)} ms`;
  if (unit === 'bytes' || unit === 'By') return `${(value / 1024 ** 2).toFixed(1)} MiB`;
  return unit === '' || unit === '1' ? measured(value) : `${measured(value)} ${unit}`;
};
