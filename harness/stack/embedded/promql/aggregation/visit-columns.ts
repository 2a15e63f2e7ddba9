// The columns of an expression one at a time, for who needs each only once: of selectors and of functions over ranges no more than one is ever in memory.
import type { Context } from '../engine/context.ts';
import { evaluateVector } from '../engine/context.ts';
import { visitInstant } from '../engine/select-instant.ts';
import { isStepInvariant } from '../engine/step-invariance.ts';
import type { Column } from '../engine/value.ts';
import { isSeriesBySeries, visitRangeColumns } from '../functions/call-range.ts';
import type { Node } from '../syntax/ast.ts';

/** In the order in which evaluation would give them; each is valid until `use` returns. Throws what evaluation throws, if need be after some columns. */
export const visitColumns = (node: Node, context: Context, use: (column: Column) => void): void => {
  if (node.kind === 'parentheses') return visitColumns(node.expression, context, use);
  context.budget.spend(0);
  const repeats = context.grid.steps > 1 && isStepInvariant(node);
  if (node.kind === 'selector' && !repeats) return visitInstant(node, context, use);
  if (node.kind === 'call' && isSeriesBySeries(node.name) && !repeats) return visitRangeColumns(node, context, use);
  return evaluateVector(node, context).forEach(use);
};
