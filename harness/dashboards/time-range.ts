// Times as a dashboard writes them: "now", "now-15m", "now-1d/d", RFC 3339, or milliseconds.

export const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000, y: 31_536_000_000 } as const;
type TimeUnit = keyof typeof unitMs;

const duration = /^(\d+(?:\.\d+)?)(ms|s|m|h|d|w|y)$/;

/** "1m30s" is not what Grafana writes, "90s" is. A bare number is seconds. null: not understood. */
export const parseDurationMs = (text: string): number | null => {
  const trimmed = text.trim().replace(/^>/, '');
  if (/^\d+$/.test(trimmed)) return Number(trimmed) * 1_000;
  const [, amount, unit] = duration.exec(trimmed) ?? [];
  return amount === undefined ? null : Number(amount) * unitMs[unit as TimeUnit];
};

/** The largest unit that divides it: 90000 -> "90s". */
export const formatDurationMs = (durationMs: number): string => {
  const whole = Math.max(1, Math.round(durationMs));
  const unit = (['d', 'h', 'm', 's'] as const).find((name) => whole % unitMs[name] === 0) ?? 'ms';
  return `${whole / unitMs[unit]}${unit}`;
};

const relative = /^now(?:\s*([+-])\s*(\d+)(s|m|h|d|w))?(?:\/([mhd]))?$/;

const relativeMs = (text: string, nowMs: number, roundUp: boolean): number | null => {
  const match = relative.exec(text.trim());
  if (match === null) return null;
  const [, sign, amount, unit, rounding] = match;
  const shiftMs = amount === undefined ? 0 : Number(amount) * unitMs[unit as TimeUnit];
  const atMs = nowMs + (sign === '-' ? -shiftMs : shiftMs);
  if (rounding === undefined) return atMs;
  const gridMs = unitMs[rounding as TimeUnit];
  return Math.floor(atMs / gridMs) * gridMs + (roundUp ? gridMs - 1 : 0);
};

/** Milliseconds since 1970, or null where the text is no time. `roundUp`: "now/d" is the end of the day and not its beginning (days of UTC). */
export const parseTimePoint = (text: string, nowMs: number, roundUp = false): number | null => {
  if (/^\d{1,16}$/.test(text)) return Number(text);
  if (text.startsWith('now')) return relativeMs(text, nowMs, roundUp);
  if (!/^\d{4}-\d\d-\d\d/.test(text)) return null;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? null : atMs;
};
