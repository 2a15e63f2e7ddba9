// Series that became equal (a name dropped, a label replaced) are one series, unless both have a value at one time.
import { executionError } from '../promql-error.ts';
import type { Column } from './value.ts';
import { createColumn, isEmptyColumn, setPoint } from './value.ts';

const duplicate = (): Error => executionError('vector cannot contain metrics with the same labelset');

const mergeInto = (target: Column, source: Column): void => {
  for (let step = 0; step < source.present.length; step += 1) {
    if (source.present[step] === 0) continue;
    if (target.present[step] === 1) throw duplicate();
    setPoint(target, step, source.values[step]!);
  }
};

const copyOf = (column: Column): Column => {
  const copy = createColumn(column.labels, column.values.length);
  mergeInto(copy, column);
  return copy;
};

/** Empty columns go; equal ones become one, at the place of the first. Throws where two have a value at one step. */
export const mergeColumns = (columns: readonly Column[]): Column[] => {
  const merged = new Map<string, Column>();
  const copied = new Set<string>();
  for (const column of columns) {
    if (isEmptyColumn(column)) continue;
    const { key } = column.labels;
    const known = merged.get(key);
    if (known === undefined) merged.set(key, column);
    else {
      const target = copied.has(key) ? known : copyOf(known);
      copied.add(key);
      merged.set(key, target);
      mergeInto(target, column);
    }
  }
  return [...merged.values()];
};

/** The same for columns that come one at a time; `seen` holds the keys of those before. */
export const refuseRepeated = ({ labels }: Column, seen: Set<string>): void => {
  if (seen.has(labels.key)) throw duplicate();
  seen.add(labels.key);
};

/** For functions over ranges Prometheus takes equal series as an error even where their values do not meet. */
export const refuseDuplicates = (columns: readonly Column[]): Column[] => {
  const kept = columns.filter((column) => !isEmptyColumn(column));
  if (new Set(kept.map((column) => column.labels.key)).size < kept.length) throw duplicate();
  return kept;
};
