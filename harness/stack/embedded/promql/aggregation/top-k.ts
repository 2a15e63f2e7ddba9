// topk and bottomk: k whole series of each group at each step. Ties fall as in Prometheus, which keeps a binary heap.
import { executionError } from '../promql-error.ts';
import type { Column } from '../engine/value.ts';
import { createColumn, isEmptyColumn, setPoint } from '../engine/value.ts';
import { createBoundedHeap } from './bounded-heap.ts';
import type { Candidate } from './bounded-heap.ts';
import type { Groups } from './grouping.ts';
import { scalarBounds } from './scalar-bounds.ts';

const maxInteger = 2 ** 63;

/** null where no step asks for any series. */
const checkParameter = (parameter: Float64Array): Float64Array | null => {
  const { low, high, hasNaN } = scalarBounds(parameter);
  if (high < 1) return null;
  if (hasNaN) throw executionError('Parameter value is NaN');
  if (low <= -maxInteger) throw executionError(`Scalar value ${low} underflows int64`);
  if (high >= maxInteger) throw executionError(`Scalar value ${high} overflows int64`);
  return parameter;
};

const selectAtStep = (operator: 'topk' | 'bottomk', columns: readonly Column[], groups: Groups, k: number, step: number): Candidate[][] => {
  const heaps = groups.labels.map(() => createBoundedHeap(k, operator === 'topk' ? (a, b) => a < b : (a, b) => a > b));
  columns.forEach((column, index) => {
    if (column.present[step] === 1) heaps[groups.groupOf[index]!]!.offer({ index, value: column.values[step]! });
  });
  return heaps.map((heap) => heap.bestFirst());
};

/** At one step the series come best first, group by group; over several, in the order of the input. */
export const selectExtremes = (
  operator: 'topk' | 'bottomk',
  columns: readonly Column[],
  groups: Groups,
  parameter: Float64Array,
): Column[] => {
  if (checkParameter(parameter) === null) return [];
  const steps = parameter.length;
  const results = columns.map((column) => createColumn(column.labels, steps));
  const order: number[] = [];
  for (let step = 0; step < steps; step += 1) {
    const k = Math.min(Math.trunc(parameter[step]!), columns.length);
    if (k < 1) continue;
    for (const { index, value } of selectAtStep(operator, columns, groups, k, step).flat()) {
      setPoint(results[index]!, step, value);
      order.push(index);
    }
  }
  if (steps === 1) return order.map((index) => results[index]!);
  return results.filter((result) => !isEmptyColumn(result));
};
