// Parameters of Tempo's API, read as Tempo reads them and refused in its words (pkg/api/http.go).
import { durationNanos } from '../go-duration.ts';
import { parseDurationText } from '../promql/syntax/number.ts';

/** 400: the question is not one. */
export class BadRequest extends Error {}

/** As the URL has them; of a name that comes twice the first one. */
export type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

/** '' where it is not there. */
export const textOf = (query: Query, name: string): string => {
  const value = query[name];
  return (typeof value === 'string' ? value : value?.[0]) ?? '';
};

/** An unsigned 32-bit integer. */
export const unsigned = (query: Query, name: string, fallback: number): number => {
  const text = textOf(query, name);
  if (text === '') return fallback;
  const value = Number(text);
  if (!/^\d+$/.test(text)) throw new BadRequest(`invalid ${name}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`);
  if (value >= 2 ** 32) throw new BadRequest(`invalid ${name}: strconv.ParseUint: parsing ${JSON.stringify(text)}: value out of range`);
  return value;
};

/** Milliseconds. */
export const durationMs = (query: Query, name: string, fallback: number): number => {
  const text = textOf(query, name);
  if (text === '') return fallback;
  const nanos = durationNanos(text);
  if (nanos === null) throw new BadRequest(`invalid ${name}: time: invalid duration ${JSON.stringify(text)}`);
  return Math.floor(nanos / 1e6);
};

const nanosPerSecond = 1_000_000_000n;

/** Unix seconds; without them all that is kept. */
export const secondsWindow = (query: Query): { readonly startNano: bigint; readonly endNano: bigint } => {
  const start = unsigned(query, 'start', 0);
  const end = unsigned(query, 'end', 0);
  if (start === 0 && end === 0) return { startNano: 0n, endNano: 2n ** 63n };
  if (end <= start) throw new BadRequest(`http parameter start must be before end. received start=${start} end=${end}`);
  return { startNano: BigInt(start) * nanosPerSecond, endNano: BigInt(end) * nanosPerSecond };
};

/** Unix seconds (with a dot: to the millisecond), nanoseconds, or RFC 3339 -> nanoseconds. */
const timestamp = (query: Query, name: string, fallback: bigint): bigint => {
  const text = textOf(query, name);
  if (text === '') return fallback;
  const fractional = /^\d*\.\d*$/.test(text) && /\d/.test(text) ? Math.round(Number(text) * 1_000) : Number.NaN;
  if (Number.isFinite(fractional)) return BigInt(fractional) * 1_000_000n;
  if (/^\d{1,10}$/.test(text)) return BigInt(text) * nanosPerSecond;
  if (/^\d+$/.test(text)) return BigInt(text);
  const ms = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms)) throw new BadRequest(`could not parse '${name}' parameter: ${JSON.stringify(text)} is no time`);
  return BigInt(ms) * 1_000_000n;
};

const hourSeconds = 3_600;

/** The range of a metrics query: `since` or an hour before its end, which is now where it is not given. */
export const metricsWindow = (query: Query, nowMs: number): { readonly startNano: bigint; readonly endNano: bigint } => {
  const now = BigInt(nowMs) * 1_000_000n;
  const since = textOf(query, 'since');
  // As Prometheus writes a duration, not as Go does: whole numbers, the longest unit first.
  const sinceSeconds = since === '' ? hourSeconds : parseDurationText(since);
  if (sinceSeconds === null)
    throw new BadRequest(`could not parse 'since' parameter: not a valid duration string: ${JSON.stringify(since)}`);
  const endNano = timestamp(query, 'end', now);
  const startNano = timestamp(query, 'start', (endNano > now ? now : endNano) - BigInt(Math.round(sinceSeconds * 1_000)) * 1_000_000n);
  if (startNano >= endNano) throw new BadRequest('end must be greater than start');
  return { startNano, endNano };
};

/** Seconds or a duration -> nanoseconds; null where it is not given. */
export const stepNano = (query: Query): bigint | null => {
  const text = textOf(query, 'step');
  if (text === '') return null;
  const nanos = /^-?\d*\.?\d+$/.test(text) ? Number(text) * 1e9 : durationNanos(text);
  // Go counts in 64 bits.
  if (nanos === null || Math.abs(nanos) >= 2 ** 63) throw new BadRequest(`cannot parse ${JSON.stringify(text)} to a valid duration`);
  if (nanos < 0) throw new BadRequest(`cannot parse ${JSON.stringify(text)}: step must be positive`);
  // Less than a nanosecond is none.
  return Math.round(nanos) === 0 ? null : BigInt(Math.round(nanos));
};
