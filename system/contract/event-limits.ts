// How large the parts of an event may be. Apart from its schemas, so that who only measures (handler threads, which start often) loads no library for them.

/** Characters (code points); in any script the key's columns stay below what one b-tree entry can hold (2,704 bytes). */
export const eventLimits = {
  systemNameCharacters: 128,
  objectIdCharacters: 256,
  eventNameCharacters: 256,
  eventTimeCharacters: 64,
  schemaVersion: 999_999_999,
  idempotencyKeyCharacters: 256,
  /** Nested arrays and objects, the event itself being the first. */
  depth: 64,
  /** Digits of one number as written, and its exponent: far beyond a double, within what PostgreSQL's numeric gives back exactly. */
  numberDigits: 2000,
  numberExponent: 400,
} as const;
