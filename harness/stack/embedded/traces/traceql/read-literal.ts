// A literal of TraceQL.
import { durationNanos } from '../../go-duration.ts';
import { spanKinds, statusCodes } from '../../otlp/read-traces.ts';
import { unquote } from '../../quoted-text.ts';
import type { Value } from './query.ts';

/** null: none that is known here. Throws a SyntaxError for a string with an unknown escape. */
export const readLiteral = (text: string): Value | null => {
  if (/^["`]/.test(text)) return { type: 'string', value: unquote(text) };
  if (text === 'true' || text === 'false') return { type: 'boolean', value: text === 'true' };
  if (text === 'nil') return { type: 'nil' };
  const kind = spanKinds.indexOf(text.toUpperCase() as never);
  if (kind >= 0) return { type: 'kind', value: kind };
  const status = statusCodes.indexOf(text.toUpperCase() as never);
  if (status >= 0) return { type: 'status', value: status };
  if (/^\d+(\.\d*)?$|^\.\d+$/.test(text)) return { type: 'number', value: Number(text) };
  const nanos = durationNanos(text);
  return nanos === null ? null : { type: 'number', value: nanos };
};
