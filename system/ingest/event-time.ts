// RFC 3339 in, a text that PostgreSQL's timestamptz takes out (UTC, microseconds); null where it is no such time.

const pattern = /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;

const minuteMs = 60_000;

/**
 * Fractions are cut, not rounded, at the microsecond that PostgreSQL holds: a time never moves into the next second.
 * A leap second (23:59:60 UTC, at a month's end) is the second after it, as POSIX and PostgreSQL have it.
 */
export const parseEventTime = (text: string): string | null => {
  const match = pattern.exec(text);
  if (!match) return null;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [number, number, number, number, number, number];
  if (hour > 23 || minute > 59 || second > 60 || !isDay(year, month, day)) return null;
  const offset = offsetMinutes(match[8], match[9], match[10]);
  if (offset === null) return null;
  const utcMs = utcOf(year, month, day, hour, minute) - offset * minuteMs;
  if (second === 60 && !endsMonth(utcMs)) return null;
  return format(utcMs + second * 1000, (match[7] ?? '').slice(0, 6));
};

/** Date.UTC takes the years 0 to 99 for 1900 to 1999. */
const utcOf = (year: number, month: number, day: number, hour: number, minute: number): number =>
  new Date(0).setUTCFullYear(year, month - 1, day) + (hour * 60 + minute) * minuteMs;

const isDay = (year: number, month: number, day: number): boolean => {
  const date = new Date(utcOf(year, month, day, 0, 0));
  return month >= 1 && month <= 12 && day >= 1 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
};

const offsetMinutes = (sign: string | undefined, hours = '0', minutes = '0'): number | null => {
  if (Number(hours) > 23 || Number(minutes) > 59) return null;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
};

const endsMonth = (minuteStartMs: number): boolean => {
  const next = new Date(minuteStartMs + minuteMs);
  return next.getUTCDate() === 1 && next.getUTCHours() === 0 && next.getUTCMinutes() === 0;
};

/** The year 0 is 1 BC; an offset can reach over either end of the four digits. */
const format = (ms: number, fraction: string): string => {
  const date = new Date(ms);
  const year = date.getUTCFullYear();
  const shownYear = String(year > 0 ? year : 1 - year).padStart(4, '0');
  const rest = date.toISOString().slice(-20, -5);
  return `${shownYear}${rest}${fraction === '' ? '' : `.${fraction}`}Z${year > 0 ? '' : ' BC'}`;
};
