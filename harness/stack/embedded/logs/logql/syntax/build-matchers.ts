// Matchers: of a stream selector, and of a label in a pipeline.
import type { SyntaxNode } from '@lezer/common';
import { unquote } from '../../../quoted-text.ts';
import { compileLabelRegex, compileMatcherRegex } from '../regex.ts';
import type { Matcher, MatchOperator } from './ast.ts';
import { childOf, children, readAt, refuse, refuseUnsupported, textOf } from './tree.ts';

export const stringOf = (query: string, node: SyntaxNode): string => readAt(query, node, () => unquote(textOf(query, node)));

export const nameOf = (query: string, node: SyntaxNode): string => textOf(query, childOf(query, node, 'Identifier'));

const operators: Readonly<Record<string, MatchOperator>> = { Eq: '=', Neq: '!=', Re: '=~', Nre: '!~' };

const testOf = (operator: MatchOperator, value: string, compile: (pattern: string) => RegExp): ((text: string) => boolean) => {
  if (operator === '=') return (text) => text === value;
  if (operator === '!=') return (text) => text !== value;
  const pattern = compile(value);
  return operator === '=~' ? (text) => pattern.test(text) : (text) => !pattern.test(text);
};

const readMatcherWith = (query: string, node: SyntaxNode, compile: (pattern: string) => RegExp): Matcher => {
  const operatorNode = children(node)[1] ?? refuse(query, node, 'a matcher without an operator');
  const operator = operators[operatorNode.name] ?? refuseUnsupported(query, operatorNode);
  const literal = childOf(query, node, 'String');
  const value = stringOf(query, literal);
  return { name: nameOf(query, node), operator, value, holds: readAt(query, literal, () => testOf(operator, value, compile)) };
};

/** In a pipeline `.` does not match a line break, in a selector it does. */
export const readLabelMatcher = (query: string, node: SyntaxNode): Matcher => readMatcherWith(query, node, compileLabelRegex);

/** The grammar nests them to the left. */
const readMatchers = (query: string, node: SyntaxNode): readonly Matcher[] =>
  children(node).flatMap((child) => {
    if (child.name === 'Matcher') return [readMatcherWith(query, child, compileMatcherRegex)];
    return child.name === 'Matchers' ? readMatchers(query, child) : refuseUnsupported(query, child);
  });

export const noMatcherMessage =
  'queries require at least one regexp or equality matcher that does not have an empty-compatible value. For instance, app=~".*" does not meet this requirement, but app=~".+" will';

/** As in Loki: a selector must not be such that it takes every stream. */
export const readSelector = (query: string, node: SyntaxNode): readonly Matcher[] => {
  const list = node.getChild('Matchers');
  const matchers = list === null ? [] : readMatchers(query, list);
  if (matchers.every((matcher) => matcher.holds(''))) refuse(query, node, noMatcherMessage);
  return matchers;
};
