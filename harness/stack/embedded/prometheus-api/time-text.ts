// A point in time as Go writes it in JSON: RFC 3339 without trailing zeros; the year 1 for what never was.

export const instantText = (timeMs: number | null): string =>
  timeMs === null ? '0001-01-01T00:00:00Z' : new Date(timeMs).toISOString().replace(/(?:\.000|(?<=\.\d+?)0+)Z$/, 'Z');
