// Durations, sizes, numbers and strings, in a query and in the values of labels, as Loki reads them.
import { parseFloatText } from '../../../promql/float-text.ts';

/** Carries the very text that Loki puts into `__error_details__`. */
export class LiteralRefused extends Error {}

const goUnits: Readonly<Record<string, number>> = { ns: 1, us: 1e3, µs: 1e3, μs: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3_600e9 };

/** Go's time.ParseDuration -> nanoseconds: "1h15m30.5s", "-2ms", "0"; no days. */
export const goDurationNanos = (text: string): number => {
  const signed = /^([+-]?)(.*)$/s.exec(text);
  const [, sign = '', rest = ''] = signed ?? [];
  if (rest === '0') return 0;
  const parts = [...rest.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/gy)];
  const read = parts.reduce((length, [part]) => length + part.length, 0);
  if (parts.length === 0 || read !== rest.length) throw new LiteralRefused(durationProblem(text, rest.slice(read)));
  const nanos = parts.reduce((sum, [, count = '', unit = '']) => sum + unitsNanos(count, goUnits[unit] ?? 0), 0);
  // Go counts in 64 bits.
  if (sign === '-' ? nanos > 2 ** 63 : nanos >= 2 ** 63) throw new LiteralRefused(`time: invalid duration ${JSON.stringify(text)}`);
  return sign === '-' ? -nanos : nanos;
};

/** Whole and fraction apart, as floats would lose a nanosecond of 533.8ms. */
const unitsNanos = (count: string, unitNanos: number): number => {
  const [whole = '', fraction = ''] = count.split('.');
  return Number(whole) * unitNanos + Math.trunc(Number(fraction) * (unitNanos / 10 ** fraction.length));
};

const durationProblem = (text: string, rest: string): string => {
  const number = /^(\d+\.?\d*|\.\d+)(.*)$/s.exec(rest);
  if (number === null) return `time: invalid duration ${JSON.stringify(text)}`;
  const unit = /^[^.\d]*/.exec(number[2] ?? '')?.[0] ?? '';
  return unit === ''
    ? `time: missing unit in duration ${JSON.stringify(text)}`
    : `time: unknown unit ${JSON.stringify(unit)} in duration ${JSON.stringify(text)}`;
};

const day = 86_400e9;
const promDuration = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;
const promFactors = [365 * day, 7 * day, day, 3_600e9, 60e9, 1e9, 1e6];

/** Prometheus' duration -> nanoseconds: whole numbers, from years to milliseconds, in that order. */
export const promDurationNanos = (text: string): number => {
  const found = promDuration.exec(text);
  if (text === '0') return 0;
  if (text === '' || found === null)
    throw new LiteralRefused(text === '' ? 'empty duration string' : `not a valid duration string: ${JSON.stringify(text)}`);
  return promFactors.reduce((sum, factor, index) => sum + Number(found[index + 1] ?? 0) * factor, 0);
};

/** A duration in the text of a query: Prometheus' or Go's. */
export const queryDurationNanos = (text: string): number => {
  try {
    return promDurationNanos(text);
  } catch {
    return goDurationNanos(text);
  }
};

const letters = ['k', 'm', 'g', 't', 'p', 'e'];
const byteFactors: ReadonlyMap<string, number> = new Map<string, number>([
  ['', 1],
  ['b', 1],
  ...letters.flatMap((letter, index): [string, number][] => [
    [letter, 1e3 ** (index + 1)],
    [`${letter}b`, 1e3 ** (index + 1)],
    [`${letter}i`, 1_024 ** (index + 1)],
    [`${letter}ib`, 1_024 ** (index + 1)],
  ]),
]);

/** Sizes as go-humanize reads them: "1.5 KiB", "2kb", "1,024". */
export const byteCount = (text: string): number => {
  const [, digits = '', rest = ''] = /^([\d.,]*)(.*)$/s.exec(text) ?? [];
  const count = floatValue(digits.replaceAll(',', ''));
  const unit = rest.trim().toLowerCase();
  const factor = byteFactors.get(unit);
  if (factor === undefined) throw new LiteralRefused(`unhandled size name: ${unit}`);
  if (count * factor >= 2 ** 64) throw new LiteralRefused(`too large: ${text}`);
  return Math.trunc(count * factor);
};

/** Go's strconv.ParseFloat. */
export const floatValue = (text: string): number => {
  const value = parseFloatText(text);
  if (value === null) throw new LiteralRefused(`strconv.ParseFloat: parsing ${JSON.stringify(text)}: invalid syntax`);
  return value;
};

export const conversions = {
  number: floatValue,
  duration: (text: string): number => goDurationNanos(text) / 1e9,
  bytes: byteCount,
} as const;
