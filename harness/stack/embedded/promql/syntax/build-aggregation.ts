// sum by (a) (x), topk(3, x) without (b): the clause may stand before or behind the arguments.
import type { SyntaxNode } from '@lezer/common';
import type { AggregationNode, AggregationOperator, Node } from './ast.ts';
import { unquote } from './quoted-text.ts';
import { experimentalFunctions } from './signatures.ts';
import type { Source } from './source.ts';
import { childrenOf } from './source.ts';

const takesParameter: ReadonlySet<string> = new Set(['topk', 'bottomk', 'quantile', 'count_values']);

const labelNameOf = (source: Source, node: SyntaxNode): string =>
  node.name === 'LabelName' ? source.text(node) : (unquote(source.text(node)) ?? source.fail(node, 'error unquoting label name'));

/** The names in (a, "b.c"). */
export const groupingLabels = (source: Source, node: SyntaxNode): string[] => childrenOf(node).map((child) => labelNameOf(source, child));

export const buildAggregation = (source: Source, node: SyntaxNode, build: (source: Source, node: SyntaxNode) => Node): AggregationNode => {
  const children = childrenOf(node);
  const operator = source.text(children[0]!).toLowerCase();
  if (experimentalFunctions.has(operator)) {
    source.fail(node, `${operator}() is experimental and must be enabled with --enable-feature=promql-experimental-functions`);
  }
  const modifier = children.find((child) => child.name === 'AggregateModifier');
  const body = children.find((child) => child.name === 'FunctionCallBody')!;
  const parts = childrenOf(body);
  const expected = takesParameter.has(operator) ? 2 : 1;
  if (parts.length === 0) source.fail(node, 'no arguments for aggregate expression provided');
  if (parts.length !== expected) {
    source.fail(node, `wrong number of arguments for aggregate expression provided, expected ${expected}, got ${parts.length}`);
  }
  const grouping = modifier === undefined ? null : childrenOf(modifier);
  return {
    kind: 'aggregation',
    operator: operator as AggregationOperator,
    without: grouping?.[0]?.name === 'Without',
    grouping: grouping === null ? [] : groupingLabels(source, grouping[1]!),
    parameter: expected === 2 ? build(source, parts[0]!) : null,
    expression: build(source, parts[expected - 1]!),
    from: node.from,
    to: node.to,
  };
};
