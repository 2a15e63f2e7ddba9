// Matchers: of a stream selector, and of a label in a pipeline.
import type { SyntaxNode } from '@lezer/common';
import { unquote } from '../../../quoted-text.ts';
import { compileLabelTest } from '../label-regex.ts';
import { compileMatcherRegex } from '../regex.ts';
import type { Matcher, MatchOperator } from './ast.ts';
import { childOf, children, readAt, refuse, refuseUnsupported, textOf } from './tree.ts';
import type { QueryText } from './tree.ts';

export const stringOf = (query: QueryText, node: SyntaxNode): string => readAt(query, node, () => unquote(textOf(query, node)));

export const nameOf = (query: QueryText, node: SyntaxNode): string => textOf(query, childOf(query, node, 'Identifier'));

const operators: Readonly<Record<string, MatchOperator>> = { Eq: '=', Neq: '!=', Re: '=~', Nre: '!~' };

type Test = (text: string) => boolean;
type Compile = (pattern: string) => Test;

const compileMatcherTest: Compile = (value) => {
  const pattern = compileMatcherRegex(value);
  return (text) => pattern.test(text);
};

const testOf = (operator: MatchOperator, value: string, compile: Compile): Test => {
  if (operator === '=') return (text) => text === value;
  if (operator === '!=') return (text) => text !== value;
  const test = compile(value);
  return operator === '=~' ? test : (text) => !test(text);
};

const readMatcherWith = (query: QueryText, node: SyntaxNode, compile: Compile): Matcher => {
  const operatorNode = children(node)[1] ?? refuse(query, node, 'a matcher without an operator');
  const operator = operators[operatorNode.name] ?? refuseUnsupported(query, operatorNode);
  const literal = childOf(query, node, 'String');
  const value = stringOf(query, literal);
  return { name: nameOf(query, node), operator, value, holds: readAt(query, literal, () => testOf(operator, value, compile)) };
};

/** Of a label filter. */
export const readLabelMatcher = (query: QueryText, node: SyntaxNode): Matcher => readMatcherWith(query, node, compileLabelTest);

/** Of a stream, and of drop and keep. */
export const readMatcher = (query: QueryText, node: SyntaxNode): Matcher => readMatcherWith(query, node, compileMatcherTest);

/** The grammar nests them to the left. */
const readMatchers = (query: QueryText, node: SyntaxNode): readonly Matcher[] =>
  children(node).flatMap((child) => {
    if (child.name === 'Matcher') return [readMatcher(query, child)];
    return child.name === 'Matchers' ? readMatchers(query, child) : refuseUnsupported(query, child);
  });

export const noMatcherMessage =
  'queries require at least one regexp or equality matcher that does not have an empty-compatible value. For instance, app=~".*" does not meet this requirement, but app=~".+" will';

/** As in Loki: a selector must not be such that it takes every stream. */
export const readSelector = (query: QueryText, node: SyntaxNode): readonly Matcher[] => {
  const list = node.getChild('Matchers');
  const matchers = list === null ? [] : readMatchers(query, list);
  if (matchers.every((matcher) => matcher.holds(''))) refuse(query, node, noMatcherMessage);
  return matchers;
};
