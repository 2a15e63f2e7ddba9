// The units that are understood, by Grafana's ids, and values formatted as Grafana formats them. Any other unit is refused when the dashboard is read.
import { roundedText } from './round.ts';
import { binary, counted, microseconds, milliseconds, nanoseconds, prefixed, scaled, seconds, short, si, suffixed } from './scale.ts';
import type { Format } from './scale.ts';

const boolean =
  (yes: string, no: string): Format =>
  (value) =>
    value === 0 ? no : yes;

const percent: Format = (value, decimals) => (Number.isFinite(value) ? `${roundedText(value, decimals)}%` : roundedText(value));

const isoTime: Format = (value) =>
  Number.isFinite(value) ? new Date(value).toISOString().slice(0, 19).replace('T', ' ') : roundedText(value);

const formats: Readonly<Record<string, Format>> = {
  none: suffixed(''),
  string: (value) => String(value),
  short,
  sishort: scaled(1_000, ['', 'k', 'M', 'G', 'T', 'P', 'E']),
  percent,
  percentunit: (value, decimals) => percent(value * 100, decimals),
  bool: boolean('True', 'False'),
  bool_yes_no: boolean('Yes', 'No'),
  bool_on_off: boolean('On', 'Off'),
  s: seconds,
  ms: milliseconds,
  µs: microseconds,
  ns: nanoseconds,
  hertz: si('Hz'),
  bytes: binary('B'),
  decbytes: si('B'),
  kbytes: (value, decimals) => binary('B')(value * 1_024, decimals),
  mbytes: (value, decimals) => binary('B')(value * 1_024 ** 2, decimals),
  binBps: binary('B/s'),
  Bps: si('B/s'),
  bps: si('b/s'),
  pps: si('p/s'),
  cps: counted('c/s'),
  ops: counted('ops/s'),
  reqps: counted('req/s'),
  rps: counted('rd/s'),
  wps: counted('wr/s'),
  iops: counted('io/s'),
  eps: counted('evt/s'),
  mps: counted('msg/s'),
  recps: counted('rec/s'),
  rowsps: counted('rows/s'),
  cpm: counted('c/m'),
  opm: counted('ops/m'),
  reqpm: counted('req/m'),
  rpm: counted('rd/m'),
  dateTimeAsIso: isoTime,
};

const custom: Readonly<Record<string, (unit: string) => Format>> = { suffix: suffixed, prefix: prefixed, count: counted, si };

const formatOf = (unit: string): Format | undefined => {
  if (unit === '') return formats['none'];
  if (Object.hasOwn(formats, unit)) return formats[unit];
  const colon = unit.indexOf(':');
  const kind = unit.slice(0, Math.max(colon, 0));
  return Object.hasOwn(custom, kind) ? custom[kind]?.(unit.slice(colon + 1)) : undefined;
};

export const isUnit = (unit: string): boolean => formatOf(unit) !== undefined;

/** `unit` was checked when the dashboard was read. */
export const formatValue = (value: number, unit = 'none', decimals?: number): string => (formatOf(unit) ?? short)(value, decimals);
