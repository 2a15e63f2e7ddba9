// RFC 3339 in, a text that PostgreSQL reads as the same instant out. Strict: no day that the calendar does not have, nothing rolls over.
const pattern = /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(\.\d{1,9})?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;

/** UTC with microseconds; null where the text is no RFC 3339 date-time. A leap second counts as the second after. */
export const parseTimestamp = (text: string): string | null => {
  const match = pattern.exec(text);
  if (match === null) return null;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [number, number, number, number, number, number];
  const offsetMinutes = offsetOf(match);
  if (offsetMinutes === null || hour > 23 || minute > 59 || second > 60) return null;
  // setUTCFullYear, because Date.UTC takes years below 100 for 19xx.
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  date.setUTCHours(hour, minute - offsetMinutes, second);
  return inRange(date) ? `${date.toISOString().slice(0, 19)}.${(match[7] ?? '.').slice(1, 7).padEnd(6, '0')}Z` : null;
};

const offsetOf = (match: RegExpExecArray) => {
  const [hours, minutes] = [Number(match[9] ?? 0), Number(match[10] ?? 0)];
  if (hours > 23 || minutes > 59) return null;
  return (hours * 60 + minutes) * (match[8] === '-' ? -1 : 1);
};

/** PostgreSQL writes the year 0 as 1 BC, and ISO text with five digits has a sign. */
const inRange = (date: Date) => date.getUTCFullYear() >= 1 && date.getUTCFullYear() <= 9999;
