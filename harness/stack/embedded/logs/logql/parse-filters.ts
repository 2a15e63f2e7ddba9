// The parts of a LogQL query that decide on an entry: matchers, line filters, label filters.
import type { SyntaxNode } from '@lezer/common';
import { durationNanos } from '../../go-duration.ts';
import { anywhereRegExp, wholeTextRegExp } from '../../go-regexp.ts';
import { unquote } from '../../quoted-text.ts';
import type { LabelFilter, Matcher, MatchOperator, Stage } from './query.ts';
import { childOf, children, refuse, refuseUnsupported, textOf } from './tree.ts';

const tryRead = <Result>(query: string, node: SyntaxNode, read: () => Result): Result => {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return refuse(query, node, error.message);
  }
};

const stringOf = (query: string, node: SyntaxNode): string => tryRead(query, node, () => unquote(textOf(query, node)));

const operators: Readonly<Record<string, MatchOperator>> = { Eq: '=', Neq: '!=', Re: '=~', Nre: '!~' };

export const readMatcher = (query: string, node: SyntaxNode): Matcher => {
  const parts = children(node);
  const operatorNode = parts[1] ?? refuse(query, node, 'a matcher without an operator');
  const operator = operators[operatorNode.name] ?? refuseUnsupported(query, operatorNode);
  const literal = childOf(query, node, 'String');
  const value = stringOf(query, literal);
  const isPattern = operator === '=~' || operator === '!~';
  const pattern = isPattern ? tryRead(query, literal, () => wholeTextRegExp(value)) : null;
  return { name: textOf(query, childOf(query, node, 'Identifier')), operator, value, pattern };
};

/** All matchers of a selector; the grammar nests them to the left. */
export const readMatchers = (query: string, node: SyntaxNode): readonly Matcher[] =>
  children(node).flatMap((child) => {
    if (child.name === 'Matcher') return [readMatcher(query, child)];
    return child.name === 'Matchers' ? readMatchers(query, child) : refuseUnsupported(query, child);
  });

const lineTest = (query: string, literal: SyntaxNode, operator: string): ((line: string) => boolean) => {
  const value = stringOf(query, literal);
  if (operator === 'PipeExact' || operator === 'Neq') return (line) => line.includes(value);
  const pattern = tryRead(query, literal, () => anywhereRegExp(value));
  return (line) => pattern.test(line);
};

const readLineFilter = (query: string, node: SyntaxNode): Stage => {
  const operator = childOf(query, node, 'Filter').firstChild;
  if (operator === null || !['PipeExact', 'Neq', 'PipeMatch', 'Nre'].includes(operator.name))
    return refuseUnsupported(query, operator ?? node);
  const special = node.getChild('FilterOp');
  if (special !== null) return refuseUnsupported(query, special);
  const tests = alternatives(query, node).map((literal) => lineTest(query, literal, operator.name));
  const isNegative = operator.name === 'Neq' || operator.name === 'Nre';
  return { kind: 'line', keeps: (line) => tests.some((test) => test(line)) !== isNegative };
};

/** `|= "a" or "b"`: the text and all its alternatives. */
const alternatives = (query: string, node: SyntaxNode): readonly SyntaxNode[] => {
  const literal = childOf(query, node, 'String');
  const more = node.getChild('OrFilter');
  return more === null ? [literal] : [literal, ...alternatives(query, more)];
};

export const readLineFilters = (query: string, node: SyntaxNode): readonly Stage[] =>
  children(node).flatMap((child) => {
    if (child.name === 'LineFilters') return readLineFilters(query, child);
    return child.name === 'LineFilter' ? [readLineFilter(query, child)] : refuseUnsupported(query, child);
  });

const numberOperators = { Eql: '=', Eq: '=', Neq: '!=', Gtr: '>', Gte: '>=', Lss: '<', Lte: '<=' } as const;

const byteUnits: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

export const readBytes = (text: string): number | null => {
  const [, count, unit] = /^([\d.]+)\s*([a-z]+)$/i.exec(text) ?? [];
  const factor = byteUnits[unit?.toLowerCase() ?? ''];
  return factor === undefined ? null : Number(count) * factor;
};

const readNumberFilter = (query: string, node: SyntaxNode, unit: 'none' | 'duration' | 'bytes'): LabelFilter => {
  const [nameNode, operatorNode, valueNode] = children(node);
  if (nameNode === undefined || operatorNode === undefined || valueNode === undefined)
    return refuse(query, node, 'an unfinished label filter');
  const operator = numberOperators[operatorNode.name as keyof typeof numberOperators] ?? refuseUnsupported(query, operatorNode);
  const text = textOf(query, valueNode);
  const value = unit === 'none' ? Number(text) : unit === 'duration' ? durationNanos(text) : readBytes(text);
  if (value === null || Number.isNaN(value)) return refuse(query, valueNode, `${text} is no number that is understood`);
  return { kind: 'number', name: textOf(query, nameNode), operator, value, unit };
};

const readSingleFilter = (query: string, node: SyntaxNode): LabelFilter => {
  if (node.name === 'Matcher') return { kind: 'match', matcher: readMatcher(query, node) };
  if (node.name === 'LabelFilter') return readLabelFilter(query, node);
  if (node.name === 'NumberFilter') return readNumberFilter(query, node, 'none');
  if (node.name !== 'UnitFilter') return refuseUnsupported(query, node);
  const inner = node.firstChild ?? node;
  if (inner.name === 'DurationFilter') return readNumberFilter(query, inner, 'duration');
  return inner.name === 'BytesFilter' ? readNumberFilter(query, inner, 'bytes') : refuseUnsupported(query, inner);
};

/** `a="x" and b > 3 or (c="y")`; a comma, or nothing but a blank, is an `and`. The grammar has given `and` its precedence. */
export const readLabelFilter = (query: string, node: SyntaxNode): LabelFilter => {
  const parts = children(node);
  const operands = parts.filter((part) => part.name !== 'And' && part.name !== 'Or');
  const kind = parts.some((part) => part.name === 'Or') ? 'or' : 'and';
  const filters = operands.map((operand) => readSingleFilter(query, operand));
  const [first, ...rest] = filters;
  if (first === undefined) return refuse(query, node, 'an empty label filter');
  return rest.reduce<LabelFilter>((left, right) => ({ kind, left, right }), first);
};
