// Numbers with a scaled unit: thousands (K, Mil, …), bytes (KiB, …), SI prefixes, spans of time.
import { roundedText } from './round.ts';

export type Format = (value: number, decimals?: number) => string;

/** `suffixes[at]` is that of 1; each step left or right is a factor. */
export const scaled =
  (factor: number, suffixes: readonly string[], at = 0): Format =>
  (value, decimals) => {
    if (!Number.isFinite(value)) return roundedText(value);
    const exponent = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value)) / Math.log10(factor) + 1e-12);
    const step = Math.min(Math.max(exponent, -at), suffixes.length - at - 1);
    return `${roundedText(value / factor ** step, decimals)}${suffixes[at + step]}`;
  };

export const suffixed =
  (unit: string): Format =>
  (value, decimals) =>
    unit === '' ? roundedText(value, decimals) : `${roundedText(value, decimals)} ${unit}`;

export const prefixed =
  (unit: string): Format =>
  (value, decimals) =>
    `${unit}${roundedText(value, decimals)}`;

const siPrefixes = ['f', 'p', 'n', 'µ', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y'];
const binaryPrefixes = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei', 'Zi', 'Yi'];

export const si = (unit: string): Format =>
  scaled(
    1_000,
    siPrefixes.map((prefix) => ` ${prefix}${unit}`),
    siPrefixes.indexOf(''),
  );
export const binary = (unit: string): Format =>
  scaled(
    1_024,
    binaryPrefixes.map((prefix) => ` ${prefix}${unit}`),
  );
export const counted = (unit: string): Format =>
  scaled(
    1_000,
    ['', 'K', 'M', 'B', 'T'].map((prefix) => `${prefix} ${unit}`),
  );
export const short: Format = scaled(1_000, ['', ' K', ' Mil', ' Bil', ' Tri', ' Quadr', ' Quint', ' Sext', ' Sept']);

type TimeStep = { readonly below: number; readonly times?: number; readonly per?: number; readonly suffix: string };

/** Below which magnitude, the value times or divided by what, in which unit: the first row that fits. */
const timeSpan =
  (steps: readonly TimeStep[], zeroSuffix: string): Format =>
  (value, decimals) => {
    if (!Number.isFinite(value)) return roundedText(value);
    if (value === 0) return `0${zeroSuffix}`;
    const step = steps.find(({ below }) => Math.abs(value) < below) ?? steps.at(-1);
    const { times = 1, per = 1, suffix } = step ?? { suffix: zeroSuffix };
    return `${roundedText((value * times) / per, decimals)}${suffix}`;
  };

export const seconds = timeSpan(
  [
    { below: 1e-6, times: 1e9, suffix: ' ns' },
    { below: 1e-3, times: 1e6, suffix: ' µs' },
    { below: 1, times: 1e3, suffix: ' ms' },
    { below: 60, suffix: ' s' },
    { below: 3_600, per: 60, suffix: ' min' },
    { below: 86_400, per: 3_600, suffix: ' hour' },
    { below: 604_800, per: 86_400, suffix: ' day' },
    { below: 31_536_000, per: 604_800, suffix: ' week' },
    { below: Infinity, per: 31_556_900, suffix: ' year' },
  ],
  ' s',
);

export const milliseconds = timeSpan(
  [
    { below: 1_000, suffix: ' ms' },
    { below: 60_000, per: 1_000, suffix: ' s' },
    { below: 3_600_000, per: 60_000, suffix: ' min' },
    { below: 86_400_000, per: 3_600_000, suffix: ' hour' },
    { below: 31_536_000_000, per: 86_400_000, suffix: ' day' },
    { below: Infinity, per: 31_536_000_000, suffix: ' year' },
  ],
  ' ms',
);

export const microseconds = timeSpan(
  [
    { below: 1_000, suffix: ' µs' },
    { below: 1_000_000, per: 1_000, suffix: ' ms' },
    { below: Infinity, per: 1_000_000, suffix: ' s' },
  ],
  ' µs',
);

export const nanoseconds = timeSpan(
  [
    { below: 1_000, suffix: ' ns' },
    { below: 1e6, per: 1_000, suffix: ' µs' },
    { below: 1e9, per: 1e6, suffix: ' ms' },
    { below: 6e10, per: 1e9, suffix: ' s' },
    { below: Infinity, per: 6e10, suffix: ' min' },
  ],
  ' ns',
);
