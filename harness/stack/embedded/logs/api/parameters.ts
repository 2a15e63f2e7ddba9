// Loki's parameters: times in nanoseconds, seconds or RFC 3339; steps in seconds or as a duration; limits.
import type { Parameters } from '../../prometheus-api/parameters.ts';
import { parseFloatText } from '../../promql/float-text.ts';
import { promDurationNanos } from '../logql/syntax/literals.ts';

/** The asker's fault: 400 with this text. */
export class BadParameter extends Error {}

export type Bounds = { readonly startNano: bigint; readonly endNano: bigint };

const hourNano = 3_600_000_000_000n;
const maxEntries = 5_000;
/** Loki's max_query_length: 30 days and an hour. */
const maxLengthNano = 721n * hourNano;

const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.(\d+))?(?:Z|[+-]\d\d:\d\d)$/;

/** Null: neither. Of RFC 3339 all nine digits count. */
const parseMoment = (text: string): bigint | null => {
  const seconds = text.includes('.') && /^[\d.]+$/.test(text) ? parseFloatText(text) : null;
  if (seconds !== null && Number.isFinite(seconds)) return BigInt(Math.round(seconds * 1_000)) * 1_000_000n;
  if (/^-?\d+$/.test(text)) return text.length <= 10 ? BigInt(text) * 1_000_000_000n : BigInt(text);
  const found = rfc3339.exec(text);
  const ms = found === null ? Number.NaN : Date.parse(text.replace(/\.\d+/, ''));
  return Number.isNaN(ms) ? null : BigInt(ms) * 1_000_000n + BigInt((found?.[1] ?? '').padEnd(9, '0').slice(0, 9));
};

export const momentOf = (parameters: Parameters, name: string, fallback: bigint): bigint => {
  const text = parameters.first(name);
  if (text === '') return fallback;
  const moment = parseMoment(text);
  if (moment === null)
    throw new BadParameter(
      `could not parse '${name}' parameter: parsing time ${JSON.stringify(text)} as "2006-01-02T15:04:05.999999999Z07:00": no moment`,
    );
  return moment;
};

const sinceOf = (parameters: Parameters): bigint => {
  const text = parameters.first('since');
  if (text === '') return hourNano;
  try {
    return BigInt(promDurationNanos(text));
  } catch (error) {
    throw new BadParameter(`could not parse 'since' parameter: ${(error as Error).message}`, { cause: error });
  }
};

export const boundsOf = (parameters: Parameters, nowNano: bigint): Bounds => {
  const endNano = momentOf(parameters, 'end', nowNano);
  const latest = endNano > nowNano ? nowNano : endNano;
  return { startNano: momentOf(parameters, 'start', latest - sinceOf(parameters)), endNano };
};

/** Refuses a range that ends before it starts, or is longer than Loki takes. */
export const rangeOf = (parameters: Parameters, nowNano: bigint): Bounds => {
  const bounds = boundsOf(parameters, nowNano);
  const length = bounds.endNano - bounds.startNano;
  if (length < 0n) throw new BadParameter('end timestamp must not be before or equal to start time');
  if (length > maxLengthNano)
    throw new BadParameter(
      `the query time range exceeds the limit (query length: ${length / hourNano}h, limit: ${maxLengthNano / hourNano}h)`,
    );
  return bounds;
};

export const countOf = (parameters: Parameters, name: string, fallback: number): number => {
  const text = parameters.first(name);
  if (text === '') return fallback;
  if (!/^[+-]?\d+$/.test(text)) throw new BadParameter(`strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
  if (Number(text) <= 0) throw new BadParameter('limit must be a positive value');
  return Number(text);
};

export const lineLimit = (parameters: Parameters, name = 'limit'): number => {
  const limit = countOf(parameters, name, 100);
  if (limit > maxEntries)
    throw new BadParameter(`max entries limit per query exceeded, limit > max_entries_limit_per_query (${limit} > ${maxEntries})`);
  return limit;
};

export const directionOf = (parameters: Parameters): 'forward' | 'backward' => {
  const text = parameters.first('direction');
  const direction = text === '' ? 'backward' : text.toLowerCase();
  if (direction === 'forward' || direction === 'backward') return direction;
  throw new BadParameter(`invalid direction '${text}'`);
};

/** `delay_for` in seconds: at most 5. */
export const tailDelayMs = (parameters: Parameters): number => {
  const text = parameters.first('delay_for');
  if (!/^\d*$/.test(text)) throw new BadParameter(`strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
  if (Number(text) > 5) throw new BadParameter("delay_for can't be greater than 5");
  return Number(text) * 1_000;
};

const promDurationMs = (text: string): number => {
  try {
    return promDurationNanos(text) / 1e6;
  } catch (error) {
    throw new BadParameter(`cannot parse ${JSON.stringify(text)} to a valid duration`, { cause: error });
  }
};

const durationMs = (text: string): number => {
  const seconds = parseFloatText(text);
  const milliseconds = seconds === null || Number.isNaN(seconds) ? promDurationMs(text) : seconds * 1_000;
  if (Math.abs(milliseconds) > 2 ** 63 / 1e6)
    throw new BadParameter(`cannot parse ${JSON.stringify(text)} to a valid duration. It overflows int64`);
  return milliseconds;
};

/** Whole milliseconds. Without the parameter: a 250th of the range, at least a second. */
export const stepMsOf = (parameters: Parameters, { startNano, endNano }: Bounds): number => {
  const text = parameters.first('step');
  const rangeSeconds = Number(endNano - startNano) / 1e9;
  const stepMs = text === '' ? Math.max(Math.floor(rangeSeconds / 250), 1) * 1_000 : Math.trunc(durationMs(text));
  if (stepMs <= 0) throw new BadParameter('zero or negative query resolution step widths are not accepted. Try a positive integer');
  if ((rangeSeconds * 1_000) / stepMs > 11_000)
    throw new BadParameter('exceeded maximum resolution of 11,000 points per time series. Try increasing the value of the step parameter');
  return stepMs;
};

export const intervalNanoOf = (parameters: Parameters): bigint => {
  const text = parameters.first('interval');
  const milliseconds = text === '' ? 0 : durationMs(text);
  if (milliseconds < 0) throw new BadParameter('interval must be >= 0');
  return BigInt(Math.round(milliseconds * 1e6));
};
