// The hints of `with (name = value, …)`. Like Tempo, those that are unknown are read and left alone: a hint asks for less work, not for another answer. Only
// extrapolate does; it is refused.
import { QueryRefused } from '../../query-refused.ts';
import { readLiteral } from './read-literal.ts';
import type { ShownQuery } from './grammar-gaps.ts';
import type { ScalarValue, Value } from './value.ts';

const valueOf = (query: string, from: number, source: string): Value | null => {
  try {
    return readLiteral(source);
  } catch (error) {
    throw new QueryRefused(query, from, (error as Error).message, { cause: error });
  }
};

const readHint = (query: string, from: number, hint: string): readonly [string, ScalarValue] => {
  const [, name = '', source = ''] = /^\s*(\w+)\s*=\s*(\S+)\s*$/.exec(hint) ?? [];
  const value = valueOf(query, from, source);
  if (value === null || value.type === 'nil' || value.type === 'array')
    throw new QueryRefused(query, from, `a hint is name = value, not ${JSON.stringify(hint.trim())}`);
  if (name === 'extrapolate' && value.value === true)
    throw new QueryRefused(query, from, 'hint extrapolate is not supported by the embedded stack');
  return [name, value];
};

export const readHints = (query: string, hints: ShownQuery['hints']): ReadonlyMap<string, ScalarValue> => {
  const found = new Map<string, ScalarValue>();
  if (hints === null) return found;
  let from = hints.from;
  for (const part of hints.text.split(',')) {
    const [name, value] = readHint(query, from, part);
    found.set(name, value);
    from += part.length + 1;
  }
  return found;
};
