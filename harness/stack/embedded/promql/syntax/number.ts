// Number literals, which are durations as well since Prometheus 3: 0x1f, 017, 1_000, 1e3, .5, Inf, NaN, 1h30m.
import { parseFloatText } from '../float-text.ts';

const unitSeconds: Readonly<Record<string, number>> = { y: 31_536_000, w: 604_800, d: 86_400, h: 3600, m: 60, s: 1, ms: 0.001 };

const durationPattern = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;

/** "1h30m" -> 5400; null for what is no duration or would not fit Prometheus' 292 years. */
export const parseDurationText = (text: string): number | null => {
  const parts = durationPattern.exec(text);
  if (parts === null || text === '') return null;
  const units = Object.values(unitSeconds);
  // Whole milliseconds, so that 1s1ms is exactly 1.001.
  const milliseconds = parts.slice(1).reduce((sum, digits, index) => sum + Number(digits ?? 0) * Math.round(units[index]! * 1000), 0);
  return milliseconds > 2 ** 63 / 1e6 ? null : milliseconds / 1000;
};

const maxInteger = 2 ** 63;

/** Go's ParseInt with base 0: a leading 0 is octal, underscores between digits are taken. */
const parseInteger = (text: string): number | null => {
  const digits = text.replaceAll(/(?<=[\da-fA-FxX])_(?=[\da-fA-F])/g, '');
  const hexadecimal = /^0x([\da-f]+)$/i.exec(digits);
  const octal = /^0([0-7]+)$/.exec(digits);
  if (hexadecimal === null && octal === null && !/^(0|[1-9]\d*)$/.test(digits)) return null;
  const value = octal === null ? Number(digits) : Number.parseInt(octal[1]!, 8);
  return value < maxInteger ? value : null;
};

/** null for text that is neither a number nor a duration. */
export const parseNumberText = (text: string): number | null => parseInteger(text) ?? parseFloatText(text) ?? parseDurationText(text);

const maxDurationSeconds = 2 ** 63 / 1e9;

export const isDurationInRange = (seconds: number): boolean => Math.abs(seconds) <= maxDurationSeconds;

/** Prometheus rounds a literal to nanoseconds, and cuts that to milliseconds. */
export const literalToMs = (seconds: number): number => Math.trunc(Math.round(seconds * 1e9) / 1e6);
