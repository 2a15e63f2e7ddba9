// OTLP's AnyValue as this process keeps it, and the ways out of it: plain text as the OpenTelemetry collector's AsString gives, and OTLP/JSON.
import { OtlpDecodeError } from './decode-error.ts';
import { readBoolean, readDouble, readInteger, readList, readRecord, readText } from './read-value.ts';

export type AttributeValue =
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'int'; readonly value: bigint }
  | { readonly kind: 'double'; readonly value: number }
  | { readonly kind: 'bytes'; readonly value: string }
  | { readonly kind: 'array'; readonly value: readonly AttributeValue[] }
  | { readonly kind: 'map'; readonly value: Attributes }
  | { readonly kind: 'empty' };

export type Attributes = ReadonlyMap<string, AttributeValue>;

const base64Of = (value: unknown, path: string): string =>
  value instanceof Uint8Array ? Buffer.from(value).toString('base64') : readText(value, path);

/** Values in values: what protobuf's own readers take, and far from what a stack of calls does. */
export const deepestValue = 100;

export const readAnyValue = (value: unknown, path: string, depth = 1): AttributeValue => {
  if (depth > deepestValue) throw new OtlpDecodeError(`${path.slice(0, 100)}…`, `values in values, more than ${deepestValue} deep`);
  const any = readRecord(value, path);
  if (any['stringValue'] !== undefined) return { kind: 'string', value: readText(any['stringValue'], `${path}.stringValue`) };
  if (any['boolValue'] !== undefined) return { kind: 'bool', value: readBoolean(any['boolValue'], `${path}.boolValue`) };
  if (any['intValue'] !== undefined) return { kind: 'int', value: readInteger(any['intValue'], `${path}.intValue`) };
  if (any['doubleValue'] !== undefined) return { kind: 'double', value: readDouble(any['doubleValue'], `${path}.doubleValue`) };
  if (any['bytesValue'] !== undefined) return { kind: 'bytes', value: base64Of(any['bytesValue'], `${path}.bytesValue`) };
  if (any['arrayValue'] !== undefined) return readArray(any['arrayValue'], `${path}.arrayValue`, depth);
  if (any['kvlistValue'] !== undefined) return readMap(any['kvlistValue'], `${path}.kvlistValue`, depth);
  return { kind: 'empty' };
};

const readArray = (value: unknown, path: string, depth: number): AttributeValue => ({
  kind: 'array',
  value: readList(readRecord(value, path)['values'], `${path}.values`).map((item, index) =>
    readAnyValue(item, `${path}.values[${index}]`, depth + 1),
  ),
});

const readMap = (value: unknown, path: string, depth: number): AttributeValue => ({
  kind: 'map',
  value: readAttributes(readRecord(value, path)['values'], `${path}.values`, depth + 1),
});

/** A list of KeyValue. Of two with the same key the last one stays. */
export const readAttributes = (value: unknown, path: string, depth = 1): Attributes => {
  const attributes = new Map<string, AttributeValue>();
  for (const [index, item] of readList(value, path).entries()) {
    const pair = readRecord(item, `${path}[${index}]`);
    attributes.set(readText(pair['key'], `${path}[${index}].key`), readAnyValue(pair['value'], `${path}[${index}].value`, depth));
  }
  return attributes;
};

const plain = (value: AttributeValue): unknown => {
  switch (value.kind) {
    case 'empty':
      return null;
    case 'int':
      return Number(value.value);
    case 'array':
      return value.value.map(plain);
    case 'map':
      return Object.fromEntries([...value.value].map(([key, item]) => [key, plain(item)]));
    default:
      return value.value;
  }
};

/** Text as in a label: a string as it is, arrays and maps as JSON. */
export const attributeText = (value: AttributeValue): string => {
  switch (value.kind) {
    case 'empty':
      return '';
    case 'array':
    case 'map':
      return JSON.stringify(plain(value));
    default:
      return String(value.value);
  }
};

/** OTLP/JSON of one value; 64-bit integers as text, as proto3 JSON has them. */
export const anyValueJson = (value: AttributeValue): Readonly<Record<string, unknown>> => {
  switch (value.kind) {
    case 'string':
      return { stringValue: value.value };
    case 'bool':
      return { boolValue: value.value };
    case 'int':
      return { intValue: String(value.value) };
    case 'double':
      return { doubleValue: Number.isFinite(value.value) ? value.value : String(value.value) };
    case 'bytes':
      return { bytesValue: value.value };
    case 'array':
      return { arrayValue: { values: value.value.map(anyValueJson) } };
    case 'map':
      return { kvlistValue: { values: attributesJson(value.value) } };
    case 'empty':
      return {};
  }
};

export const attributesJson = (attributes: Attributes): readonly unknown[] =>
  [...attributes].map(([key, value]) => ({ key, value: anyValueJson(value) }));
