// Retry-After as those who ask the system believe it: clients elsewhere, and `npm run ops`.

/** An answer that asks for more is held to this: it may be a mistake, and the next one says the same if it is none. */
export const longestRetryAfterMs = 300_000;

/** Seconds or an HTTP date (RFC 9110, 10.2.3); null where there is none that can be read. */
export const retryAfterMs = (header: string | null, dateMs: number): number | null => {
  if (header === null) return null;
  const text = header.trim();
  const wantedMs = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - dateMs;
  return Number.isNaN(wantedMs) ? null : Math.min(Math.max(wantedMs, 0), longestRetryAfterMs);
};
