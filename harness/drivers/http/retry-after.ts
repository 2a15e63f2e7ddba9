// Retry-After as RFC 9110 has it: seconds, or a date, in any of the three shapes of a date. Pure.

/** RFC 9110 5.6.7, of which a recipient takes all: `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT`, `Sun Nov  6 08:49:37 1994`. */
const date = /^(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?,? [\w :-]+$/;

/** Seconds from `nowMs` (since the epoch) on, to the millisecond; 0 for a date that is past; null: there is none, or none that can be read. */
export const readRetryAfter = (header: string | null, nowMs: number): number | null => {
  const text = header?.trim() ?? '';
  // With hundreds of digits it is no number that JSON has.
  if (/^\d+$/.test(text)) return Math.min(Number(text), Number.MAX_SAFE_INTEGER);
  if (!date.test(text)) return null;
  const atMs = Date.parse(text.endsWith(' GMT') ? text : `${text} GMT`);
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - nowMs) / 1000;
};
