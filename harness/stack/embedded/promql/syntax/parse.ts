// A query's text -> its checked tree. The grammar is Prometheus' own; what it can't place, and what this evaluator does not do, is an error with a position.
import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import type { Node } from './ast.ts';
import { buildExpression } from './build.ts';
import { checkTypes } from './check-types.ts';
import { firstSyntaxError } from './syntax-error.ts';
import type { QueryWindow, Source } from './source.ts';
import { createSource } from './source.ts';
import { spellForGrammar } from './spelling.ts';

/** A parser that met a query of this size is not answering a person any more. */
const maxQueryLength = 1 << 20;

const rootOf = (source: Source): SyntaxNode => {
  if (source.query.length > maxQueryLength) source.fail({ from: 0, to: 0 }, `query is longer than ${maxQueryLength} characters`);
  const spelled = spellForGrammar(source.query);
  if (spelled.trim() === '') source.fail({ from: 0, to: 0 }, 'no expression found in input');
  const tree = parser.parse(spelled);
  const problem = firstSyntaxError(source, tree);
  if (problem !== null) source.fail(problem.place, problem.message);
  return tree.topNode.firstChild ?? source.fail({ from: 0, to: 0 }, 'no expression found in input');
};

/** Throws a PromqlError of type bad_data. */
export const parseExpression = (query: string, window: QueryWindow): Node => {
  const source = createSource(query, window);
  const node = buildExpression(source, rootOf(source));
  checkTypes(source, node);
  return node;
};
