// and, or, unless: whether a series is kept depends only on whether its signature is there on the other side, step by step.
import type { Matching, SetOperator } from '../syntax/ast.ts';
import type { Column } from '../engine/value.ts';
import { signaturesOf } from './signature.ts';

/** For each signature, at which steps any series of the side has a value. */
const presenceOf = (columns: readonly Column[], signatures: readonly number[], count: number, steps: number): Uint8Array[] => {
  const presence = Array.from({ length: count }, () => new Uint8Array(steps));
  columns.forEach((column, index) => {
    const there = presence[signatures[index]!]!;
    for (let step = 0; step < steps; step += 1) if (column.present[step] === 1) there[step] = 1;
  });
  return presence;
};

const masked = (column: Column, mask: Uint8Array, keptWhere: 0 | 1): Column => ({
  labels: column.labels,
  values: column.values,
  present: column.present.map((present, step) => (present === 1 && mask[step] === keptWhere ? 1 : 0)),
});

export const combineSets = (operator: SetOperator, matching: Matching, left: readonly Column[], right: readonly Column[]): Column[] => {
  const steps = (left[0] ?? right[0])?.values.length ?? 0;
  const signatures = signaturesOf(matching, left, right);
  if (operator === 'or') {
    const leftThere = presenceOf(left, signatures.left, signatures.count, steps);
    return [...left, ...right.map((column, index) => masked(column, leftThere[signatures.right[index]!]!, 0))];
  }
  const rightThere = presenceOf(right, signatures.right, signatures.count, steps);
  return left.map((column, index) => masked(column, rightThere[signatures.left[index]!]!, operator === 'and' ? 1 : 0));
};
