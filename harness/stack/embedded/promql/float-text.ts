// Numbers as Go reads and prints them: results, bucket bounds and label values must be the very text that Prometheus gives.

const special = (value: number): string | null => {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Infinity) return '+Inf';
  if (value === -Infinity) return '-Inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  return null;
};

/** Shortest text that reads back as the same number; exponents from 1e21 and below 1e-6, with two digits, as in the HTTP API. */
export const formatFloat = (value: number): string => special(value) ?? String(value).replace(/e([+-])(\d)$/, 'e$10$2');

const moveDecimalPoint = (digits: string, fractionLength: number, exponent: number): string => {
  const point = digits.length - fractionLength + exponent;
  if (point <= 0) return `0.${'0'.repeat(-point)}${digits}`;
  if (point >= digits.length) return digits + '0'.repeat(point - digits.length);
  return `${digits.slice(0, point)}.${digits.slice(point)}`;
};

/** Shortest text without an exponent, however long: label values of count_values, `le`, `quantile`. */
export const formatPlainFloat = (value: number): string => {
  const text = special(value) ?? String(value);
  const scientific = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (scientific === null) return text;
  const [, sign, whole, fraction = '', exponent] = scientific;
  return `${sign}${moveDecimalPoint(`${whole}${fraction}`, fraction.length, Number(exponent))}`;
};

/** Go's %g and %v: the shortest digits, with an exponent below 1e-4 and from 1e6 on. */
export const formatGeneralFloat = (value: number): string => {
  const magnitude = Math.abs(value);
  if (value === 0 || !Number.isFinite(value) || (magnitude >= 1e-4 && magnitude < 1e6)) return formatFloat(value);
  return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
};

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const hexadecimal = /^([+-]?)0x([0-9a-f]*)\.?([0-9a-f]*)p([+-]?\d+)$/i;
const infinite = /^([+-]?)inf(inity)?$/i;

/** Go's strconv.ParseFloat; null for what it refuses. */
export const parseFloatText = (text: string): number | null => {
  if (decimal.test(text)) return Number(text);
  const infinity = infinite.exec(text);
  if (infinity !== null) return infinity[1] === '-' ? -Infinity : Infinity;
  if (/^nan$/i.test(text)) return NaN;
  const hex = hexadecimal.exec(text);
  if (hex === null || `${hex[2]}${hex[3]}` === '') return null;
  const mantissa = Number.parseInt(`${hex[2]}${hex[3]}`, 16) * 2 ** (Number(hex[4]) - 4 * hex[3]!.length);
  return hex[1] === '-' ? -mantissa : mantissa;
};
