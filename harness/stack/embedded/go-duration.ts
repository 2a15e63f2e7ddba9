// Durations as Go, TraceQL and LogQL write them: 1h30m, 1.5ms, 200us.

const unitNanos: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3_600e9,
  d: 86_400e9,
  w: 7 * 86_400e9,
  y: 365 * 86_400e9,
};

/** Nanoseconds; null where the text is no duration. */
export const durationNanos = (text: string): number | null => {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h|d|w|y)/gy)];
  const read = parts.reduce((length, [part]) => length + part.length, 0);
  if (parts.length === 0 || read !== text.length) return null;
  return parts.reduce((nanos, [, count, unit]) => nanos + Number(count) * (unitNanos[unit ?? ''] ?? 0), 0);
};
