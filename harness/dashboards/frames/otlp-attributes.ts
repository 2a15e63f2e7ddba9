// Attributes as OTLP's JSON writes them, as plain values.
import { list, record, textOf } from './api-answer.ts';
import type { Cell } from './frame.ts';

const plain = (value: unknown): Cell => {
  const any = record(value);
  const scalar = any['stringValue'] ?? any['intValue'] ?? any['doubleValue'] ?? any['boolValue'] ?? any['bytesValue'];
  if (typeof scalar === 'string' || typeof scalar === 'number') return scalar;
  if (typeof scalar === 'boolean') return String(scalar);
  if (any['arrayValue'] !== undefined) return JSON.stringify(list(record(any['arrayValue'])['values']).map(plain));
  return any['kvlistValue'] === undefined ? null : JSON.stringify(attributesOf(record(any['kvlistValue'])['values']));
};

export const attributesOf = (value: unknown): Readonly<Record<string, Cell>> =>
  Object.fromEntries(list(value).map((pair) => [textOf(record(pair)['key']), plain(record(pair)['value'])]));
