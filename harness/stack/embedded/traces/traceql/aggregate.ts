// count, min, max, avg and sum over the spans of a spanset.
import type { Read } from './intrinsics.ts';
import type { Aggregate } from './query.ts';
import type { SpanNode } from './trace-index.ts';
import { float, int, isNumeric, numberOf } from './value.ts';
import type { ScalarValue } from './value.ts';

const add = (sum: ScalarValue, value: ScalarValue): ScalarValue => {
  // As in Tempo: what is of another type than the first is left out of the sum.
  if (sum.type !== value.type) return sum;
  if (sum.type === 'int' && value.type === 'int') return int(BigInt(sum.value) + BigInt(value.value));
  return sum.type === 'float' || sum.type === 'duration' ? { type: sum.type, value: sum.value + (value.value as number) } : sum;
};

const divide = (sum: ScalarValue, count: number): ScalarValue => {
  if (sum.type === 'duration') return { type: 'duration', value: Math.trunc(sum.value / count) };
  return isNumeric(sum.type) ? float(numberOf(sum) / count) : sum;
};

const scalars = (nodes: readonly SpanNode[], read: Read): readonly ScalarValue[] => {
  const found: ScalarValue[] = [];
  for (const node of nodes) {
    const value = read(node);
    if (value.type !== 'nil' && value.type !== 'array') found.push(value);
  }
  return found;
};

const extreme = (values: readonly ScalarValue[], sign: 1 | -1): ScalarValue | null => {
  let found: ScalarValue | null = null;
  for (const value of values) {
    if (found === null || (value.value < found.value ? -1 : value.value > found.value ? 1 : 0) === sign) found = value;
  }
  return found;
};

/** null: no span has a value to aggregate. `read` is of the aggregate's operand. */
export const aggregate = (operator: Aggregate['operator'], nodes: readonly SpanNode[], read: Read): ScalarValue | null => {
  if (operator === 'count') return int(nodes.length);
  const values = scalars(nodes, read);
  const [first, ...rest] = values;
  if (first === undefined) return null;
  switch (operator) {
    case 'min':
      return extreme(values, -1);
    case 'max':
      return extreme(values, 1);
    case 'sum':
      return rest.reduce(add, first);
    case 'avg':
      return divide(rest.reduce(add, first), values.length);
  }
};
