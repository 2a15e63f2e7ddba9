// What a literal, an attribute or an expression of TraceQL is worth, and Tempo's rules for equality, order, text and identity of such values.

/** 64-bit integers beyond 2^53 are bigint, all others numbers: JavaScript orders the two alike. */
export type Integer = number | bigint;

export type ScalarValue =
  | { readonly type: 'int'; readonly value: Integer }
  | { readonly type: 'float'; readonly value: number }
  /** Nanoseconds. */
  | { readonly type: 'duration'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'boolean'; readonly value: boolean }
  /** OTLP's number. */
  | { readonly type: 'status'; readonly value: number }
  | { readonly type: 'kind'; readonly value: number };

export type Value =
  | ScalarValue
  | { readonly type: 'nil' }
  /** All of one type, two at least: one alone is a scalar, none is nil, a mix is nothing TraceQL can ask for. */
  | { readonly type: 'array'; readonly value: readonly ScalarValue[] };

export type ValueType = Value['type'];

export const nil: Value = { type: 'nil' };
export const yes: ScalarValue = { type: 'boolean', value: true };
export const no: ScalarValue = { type: 'boolean', value: false };
export const truth = (holds: boolean): ScalarValue => (holds ? yes : no);
export const text = (value: string): ScalarValue => ({ type: 'string', value });
export const duration = (value: number): ScalarValue => ({ type: 'duration', value });
export const float = (value: number): ScalarValue => ({ type: 'float', value });

/** Wraps around as 64-bit integers do. */
export const int = (value: Integer): ScalarValue => {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return { type: 'int', value };
  const wrapped = BigInt.asIntN(64, BigInt(value));
  const small = Number(wrapped);
  return { type: 'int', value: Number.isSafeInteger(small) ? small : wrapped };
};

export const isNumeric = (type: string): boolean => type === 'int' || type === 'float' || type === 'duration';

/** NaN for what is no number. */
export const numberOf = (value: Value): number =>
  value.type === 'int' || value.type === 'float' || value.type === 'duration' ? Number(value.value) : Number.NaN;

export const equalScalars = (left: ScalarValue, right: ScalarValue): boolean => {
  if (!isNumeric(left.type) || !isNumeric(right.type)) return left.type === right.type && left.value === right.value;
  return !(left.value < right.value) && !(left.value > right.value) && !Number.isNaN(left.value) && !Number.isNaN(right.value);
};

const statuses = ['unset', 'ok', 'error'];
const kinds = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];

const durationUnits: readonly (readonly [string, number])[] = [
  ['h', 3_600e9],
  ['m', 60e9],
];

/** As Go prints a duration: 1h2m3.5s, 1.5ms, 0s. */
const durationText = (nanos: number): string => {
  const size = Math.abs(nanos);
  const sign = nanos < 0 ? '-' : '';
  if (size === 0) return '0s';
  if (size < 1e3) return `${sign}${size}ns`;
  if (size < 1e6) return `${sign}${size / 1e3}µs`;
  if (size < 1e9) return `${sign}${size / 1e6}ms`;
  let rest = size;
  let written = '';
  for (const [unit, unitNanos] of durationUnits) {
    const count = Math.floor(rest / unitNanos);
    if (count > 0 || written !== '') written += `${count}${unit}`;
    rest -= count * unitNanos;
  }
  const seconds = Math.floor(rest / 1e9);
  const fraction = String(rest - seconds * 1e9)
    .padStart(9, '0')
    .replace(/0+$/, '');
  return `${sign}${written}${seconds}${fraction === '' ? '' : `.${fraction}`}s`;
};

/** As Go prints a float with %g in its shortest form, and with .0 where it would look like an integer. */
export const floatText = (value: number): string => {
  if (Number.isNaN(value)) return 'NaN.0';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf.0' : '-Inf.0';
  const [digits = '', exponent = '0'] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power < -4 || power >= 21) return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  const plain = String(value).includes('e') ? value.toFixed(-power + digits.replace(/[-.]/g, '').length - 1) : String(value);
  return /[e.]/.test(plain) ? plain : `${plain}.0`;
};

const scalarText = (value: ScalarValue): string => {
  switch (value.type) {
    case 'float':
      return floatText(value.value);
    case 'duration':
      return durationText(value.value);
    case 'status':
      return statuses[value.value] ?? `status(${value.value})`;
    case 'kind':
      return kinds[value.value] ?? `kind(${value.value})`;
    default:
      return String(value.value);
  }
};

/** As in labels and tag values. */
export const valueText = (value: Value): string => {
  if (value.type === 'nil') return 'nil';
  if (value.type !== 'array') return scalarText(value);
  return `[${value.value.map((item) => (item.type === 'string' ? `\`${item.value}\`` : scalarText(item))).join(', ')}]`;
};

/** Equal for values that are one group. */
export const valueKey = (value: Value): string => (value.type === 'nil' ? 'nil' : `${value.type}:${valueText(value)}`);

/** As protobuf's JSON mapping prints an AnyValue that Tempo made of it. */
export const valueJson = (value: Value): Readonly<Record<string, unknown>> => {
  switch (value.type) {
    case 'int':
      return { intValue: String(value.value) };
    case 'float':
      return { doubleValue: Number.isFinite(value.value) ? value.value : valueText(value).replace('.0', '') };
    case 'boolean':
      return { boolValue: value.value };
    case 'array':
      return { arrayValue: { values: value.value.map(valueJson) } };
    default:
      return { stringValue: valueText(value) };
  }
};
