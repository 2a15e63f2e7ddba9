// Numbers for people, as Prometheus' template functions write them.
import { significantText } from './go-number-text.ts';

const short = (value: number): string => significantText(value, 4);

const isPlain = (value: number): boolean => value === 0 || !Number.isFinite(value);

const scaleDown = (value: number, step: number, prefixes: readonly string[]): readonly [number, string] => {
  let [scaled, prefix] = [value, ''];
  for (const next of prefixes) {
    if (Math.abs(scaled) < step) break;
    [scaled, prefix] = [scaled / step, next];
  }
  return [scaled, prefix];
};

const scaleUp = (value: number): readonly [number, string] => {
  let [scaled, prefix] = [value, ''];
  for (const next of ['m', 'u', 'n', 'p', 'f', 'a', 'z', 'y']) {
    if (Math.abs(scaled) >= 1) break;
    [scaled, prefix] = [scaled * 1000, next];
  }
  return [scaled, prefix];
};

export const humanize = (value: number): string => {
  if (isPlain(value)) return short(value);
  const [scaled, prefix] = Math.abs(value) >= 1 ? scaleDown(value, 1000, ['k', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y']) : scaleUp(value);
  return `${short(scaled)}${prefix}`;
};

export const humanize1024 = (value: number): string => {
  if (Math.abs(value) <= 1 || !Number.isFinite(value)) return short(value);
  const [scaled, prefix] = scaleDown(value, 1024, ['ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei', 'Zi', 'Yi']);
  return `${short(scaled)}${prefix}`;
};

export const humanizePercentage = (value: number): string => `${short(value * 100)}%`;

/** Whole seconds from a minute on, four digits below. */
export const humanizeDuration = (value: number): string => {
  if (!Number.isFinite(value)) return short(value);
  if (value === 0) return `${short(value)}s`;
  if (Math.abs(value) < 1) {
    const [scaled, prefix] = scaleUp(value);
    return `${short(scaled)}${prefix}s`;
  }
  const sign = value < 0 ? '-' : '';
  const whole = Math.trunc(Math.abs(value));
  const parts = [Math.trunc(whole / 86_400), Math.trunc(whole / 3600) % 24, Math.trunc(whole / 60) % 60, whole % 60];
  const first = parts.slice(0, 3).findIndex((part) => part !== 0);
  if (first < 0) return `${sign}${short(Math.abs(value))}s`;
  const units = ['d', 'h', 'm', 's'];
  return (
    sign +
    parts
      .map((part, index) => `${part}${units[index]}`)
      .slice(first)
      .join(' ')
  );
};

/** null for what Go's time can't hold. */
export const humanizeTimestamp = (seconds: number): string | null => {
  if (!Number.isFinite(seconds)) return short(seconds);
  if (Math.abs(seconds * 1e9) > 2 ** 63) return null;
  const milliseconds = Math.trunc((seconds * 1e9) / 1e6);
  const [date, time] = new Date(milliseconds).toISOString().split('T') as [string, string];
  return `${date} ${time.replace('Z', '').replace(/\.?0+$/, (zeros) => (zeros.startsWith('.') ? '' : zeros.replace(/0+$/, '')))} +0000 UTC`;
};
