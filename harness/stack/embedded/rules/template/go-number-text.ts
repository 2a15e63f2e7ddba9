// Floats as Go's %e, %f and %g print them with a precision: rounded half to even on the exact value, which JavaScript's own formats do not do.

type Digits = {
  /** Significant digits without trailing zeros; '0' for zero. */
  readonly digits: string;
  /** The decimal point stands before digit number `point`, counted from 0. */
  readonly point: number;
};

/** As many as JavaScript gives; no double that is a tie to fewer than fifty digits has more. */
const mostDigits = 100;

const exactDigits = (value: number): Digits => {
  const [mantissa, exponent] = value.toExponential(mostDigits).split('e') as [string, string];
  return { digits: mantissa.replace('.', ''), point: Number(exponent) + 1 };
};

const increment = (digits: string): string => {
  const kept = digits.replace(/9+$/, '');
  const zeros = '0'.repeat(digits.length - kept.length);
  return kept === '' ? `1${zeros}` : `${kept.slice(0, -1)}${Number(kept.at(-1)) + 1}${zeros}`;
};

/** `count` digits of it, which may be 0 or fewer: then it is all a question of rounding up. */
const round = ({ digits, point }: Digits, count: number): Digits => {
  if (count < 0) return { digits: '0', point };
  if (count >= digits.length) return { digits, point };
  const kept = digits.slice(0, count);
  const rest = digits.slice(count);
  const tie = /^50*$/.test(rest);
  const up = tie ? Number(kept.at(-1) ?? '0') % 2 === 1 : rest[0]! >= '5';
  if (!up) return { digits: kept === '' ? '0' : kept, point };
  const raised = increment(kept);
  return raised.length > count ? { digits: raised, point: point + 1 } : { digits: raised, point };
};

const plain = ({ digits, point }: Digits, decimals: number): string => {
  const padded = point <= 0 ? `${'0'.repeat(1 - point)}${digits}` : digits.padEnd(point, '0');
  const at = Math.max(1, point);
  return decimals === 0 ? padded.slice(0, at) : `${padded.slice(0, at)}.${padded.slice(at, at + decimals).padEnd(decimals, '0')}`;
};

const exponentText = (exponent: number): string => `e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;

const notFinite = (value: number): string => (Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf');

const signed = (value: number, format: (magnitude: number) => string): string => {
  if (!Number.isFinite(value)) return notFinite(value);
  return value < 0 || Object.is(value, -0) ? `-${format(-value)}` : format(value);
};

/** Go's %.{precision}f. */
export const fixedText = (value: number, precision: number): string =>
  signed(value, (magnitude) => {
    const exact = exactDigits(magnitude);
    return plain(round(exact, exact.point + precision), precision);
  });

/** Go's %.{precision}e. */
export const exponentialText = (value: number, precision: number): string =>
  signed(value, (magnitude) => {
    const { digits, point } = round(exactDigits(magnitude), precision + 1);
    const fraction = digits.slice(1).padEnd(precision, '0').slice(0, precision);
    return `${digits[0]}${precision > 0 ? `.${fraction}` : ''}${exponentText(magnitude === 0 ? 0 : point - 1)}`;
  });

/** Go's %.{precision}g. */
export const significantText = (value: number, precision: number): string =>
  signed(value, (magnitude) => {
    if (magnitude === 0) return '0';
    const wanted = Math.max(1, precision);
    const rounded = round(exactDigits(magnitude), wanted);
    const digits = rounded.digits.replace(/0+$/, '');
    const { point } = rounded;
    // Go asks for an exponent by the digits that are left, not by those that were asked for.
    const limit = wanted > digits.length && digits.length >= point ? digits.length : wanted;
    if (point - 1 < -4 || point - 1 >= limit) {
      return `${digits[0]}${digits.length > 1 ? `.${digits.slice(1)}` : ''}${exponentText(point - 1)}`;
    }
    return plain({ digits, point }, Math.max(0, digits.length - point));
  });
