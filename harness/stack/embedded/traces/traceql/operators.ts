// Operators of TraceQL as they are written, and how tightly Tempo's grammar lets them bind (pkg/traceql/expr.y).
import type { BinaryOperator, Comparison, Relation, StructuralOperator } from './query.ts';

/** && and || bind alike. */
export const bindings: ReadonlyMap<string, number> = new Map<BinaryOperator, number>([
  ['&&', 1],
  ['||', 1],
  ['=', 2],
  ['!=', 2],
  ['<', 2],
  ['<=', 2],
  ['>', 2],
  ['>=', 2],
  ['=~', 2],
  ['!~', 2],
  ['+', 3],
  ['-', 3],
  ['*', 5],
  ['/', 5],
  ['%', 5],
  ['^', 6],
]);

/** What a prefix operator takes for itself: all that binds tighter than it. */
export const prefixBindings: ReadonlyMap<string, number> = new Map([
  ['-', 4],
  ['!', 5],
]);

export const comparisons: ReadonlySet<string> = new Set<Comparison>(['=', '!=', '<', '<=', '>', '>=']);

const relations: readonly (readonly [string, Relation])[] = [
  ['>', 'child'],
  ['>>', 'descendant'],
  ['<', 'parent'],
  ['<<', 'ancestor'],
  ['~', 'sibling'],
];

export const structuralOperators: ReadonlyMap<string, StructuralOperator> = new Map(
  relations.flatMap(([mark, relation]): [string, StructuralOperator][] => [
    [mark, { relation, mode: 'right' }],
    [`!${mark}`, { relation, mode: 'none' }],
    [`&${mark}`, { relation, mode: 'both' }],
  ]),
);
