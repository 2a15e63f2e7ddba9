// Label filters: comparisons, `and`, `or`, comma, parentheses.
import type { SyntaxNode } from '@lezer/common';
import { parseIpRange } from '../stages/ip-range.ts';
import type { CompareOperator, LabelFilter, LabelUnit } from './ast.ts';
import { nameOf, readLabelMatcher, stringOf } from './build-matchers.ts';
import { byteCount, floatValue, queryDurationNanos } from './literals.ts';
import { groupByPrecedence } from './shift-reduce.ts';
import { childOf, children, readAt, refuse, refuseUnsupported, textOf } from './tree.ts';
import type { QueryText } from './tree.ts';

const operators: Readonly<Record<string, CompareOperator>> = { Eql: '=', Eq: '=', Neq: '!=', Gtr: '>', Gte: '>=', Lss: '<', Lte: '<=' };

const readers: Readonly<Record<LabelUnit, (text: string) => number>> = {
  number: (text) => floatValue(text.replaceAll(/\s/g, '')),
  duration: queryDurationNanos,
  bytes: byteCount,
};

const readCompare = (query: QueryText, node: SyntaxNode, unit: LabelUnit): LabelFilter => {
  const [, operatorNode, valueNode] = children(node);
  if (operatorNode === undefined || valueNode === undefined) return refuse(query, node, 'an unfinished label filter');
  const operator = operators[operatorNode.name] ?? refuseUnsupported(query, operatorNode);
  const value = readAt(query, valueNode, () => readers[unit](textOf(query, valueNode)));
  return { kind: 'compare', name: nameOf(query, node), operator, value, unit };
};

const readIp = (query: QueryText, node: SyntaxNode): LabelFilter => {
  const literal = childOf(query, node, 'String');
  const range = readAt(query, literal, () => parseIpRange(stringOf(query, literal)));
  return { kind: 'ip', name: nameOf(query, node), negative: node.getChild('Neq') !== null, range };
};

const readSingle = (query: QueryText, node: SyntaxNode): LabelFilter => {
  switch (node.name) {
    case 'Matcher':
      return { kind: 'match', matcher: readLabelMatcher(query, node) };
    case 'LabelFilter':
      return readLabelFilter(query, node);
    case 'NumberFilter':
      return readCompare(query, node, 'number');
    case 'UnitFilter':
      return readSingle(query, node.firstChild ?? refuseUnsupported(query, node));
    case 'DurationFilter':
      return readCompare(query, node, 'duration');
    case 'BytesFilter':
      return readCompare(query, node, 'bytes');
    case 'IpLabelFilter':
      return readIp(query, node);
    default:
      return refuseUnsupported(query, node);
  }
};

type Joint = 'and' | 'or' | 'comma';
type Chain = { readonly operands: readonly LabelFilter[]; readonly joints: readonly Joint[] };

/** The grammar nests a chain to some side; parentheses are a node with one child. */
const readChain = (query: QueryText, node: SyntaxNode): Chain => {
  const parts = children(node);
  const sides = parts.filter(({ name }) => name !== 'And' && name !== 'Or');
  const [left, right] = sides;
  if (left === undefined) return refuse(query, node, 'an empty label filter');
  if (right === undefined) return { operands: [readSingle(query, left)], joints: [] };
  const joint = parts.some(({ name }) => name === 'And') ? 'and' : parts.some(({ name }) => name === 'Or') ? 'or' : 'comma';
  const [first, second] = [readChain(query, left), readChain(query, right)];
  return { operands: [...first.operands, ...second.operands], joints: [...first.joints, joint, ...second.joints] };
};

const precedences = { or: { level: 1, isRight: false }, and: { level: 2, isRight: false }, comma: null };

/** `a="x" and b > 3 or (c="y")`. A comma is an `and` that takes all that follows into its right side. */
export const readLabelFilter = (query: QueryText, node: SyntaxNode): LabelFilter => {
  const { operands, joints } = readChain(query, node);
  return groupByPrecedence(
    operands,
    joints,
    (joint) => precedences[joint],
    (left, joint, right): LabelFilter => ({ kind: joint === 'or' ? 'or' : 'and', left, right }),
  );
};
