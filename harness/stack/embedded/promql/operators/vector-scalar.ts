// A vector and a scalar, on either side. A filter always keeps the vector's value.
import { dropMetricName } from '../labels.ts';
import type { Column } from '../engine/value.ts';
import { createColumn, setPoint } from '../engine/value.ts';
import type { Operation } from './operation.ts';

export const combineWithScalar = (
  operation: Operation,
  columns: readonly Column[],
  scalar: Float64Array,
  order: 'vector-left' | 'scalar-left',
): Column[] =>
  columns.map((column) => {
    const result = createColumn(operation.dropsName ? dropMetricName(column.labels) : column.labels, scalar.length);
    for (let step = 0; step < scalar.length; step += 1) {
      if (column.present[step] === 0) continue;
      const value = column.values[step]!;
      const outcome = order === 'vector-left' ? operation.apply(value, scalar[step]!) : operation.apply(scalar[step]!, value);
      if (!operation.isComparison || operation.returnsBool) setPoint(result, step, outcome);
      else if (outcome === 1) setPoint(result, step, value);
    }
    return result;
  });
