// A literal of TraceQL.
import { durationNanos } from '../../go-duration.ts';
import { spanKinds, statusCodes } from '../../otlp/read-traces.ts';
import { unquote } from '../../quoted-text.ts';
import { duration, float, int, nil, text, truth } from './value.ts';
import type { Value } from './value.ts';

const words: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['true', truth(true)],
  ['false', truth(false)],
  ['nil', nil],
  ['minInt', int(-(2n ** 63n))],
  ['maxInt', int(2n ** 63n - 1n)],
  ...spanKinds.map((name, value) => [name.toLowerCase(), { type: 'kind', value } as const] as const),
  ...statusCodes.map((name, value) => [name.toLowerCase(), { type: 'status', value } as const] as const),
]);

/** null: none that is known here. Throws a SyntaxError for a string with an unknown escape. */
export const readLiteral = (source: string): Value | null => {
  if (/^["`]/.test(source)) return text(unquote(source));
  const word = words.get(source);
  if (word !== undefined) return word;
  if (/^-?\d+$/.test(source)) return BigInt(source) === BigInt.asIntN(64, BigInt(source)) ? int(BigInt(source)) : null;
  if (/^-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(source)) return float(Number(source));
  const nanos = durationNanos(source.replace(/^-/, ''));
  if (nanos === null) return null;
  return duration(source.startsWith('-') ? -nanos : nanos);
};
