// A number as text, with as many decimals as Grafana gives it (packages/grafana-data, toFixed).

/** Three significant digits, of negative numbers two (Grafana's rule compares the signed number); whole numbers have no decimals. */
const automaticDecimals = (value: number): number => {
  if (value % 1 === 0) return 0;
  const significant = value > 0 ? 3 : 2;
  return Math.max(0, significant - 1 - Math.floor(Math.log10(Math.abs(value))));
};

const mostDecimals = 20;

export const roundedText = (value: number, decimals?: number): string => {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '-∞';
  const places = Math.min(Math.max(0, decimals ?? automaticDecimals(value)), mostDecimals);
  const factor = 10 ** places;
  const rounded = Math.round(value * factor) / factor;
  const text = String(rounded);
  return text.includes('e') ? text : rounded.toFixed(places);
};
