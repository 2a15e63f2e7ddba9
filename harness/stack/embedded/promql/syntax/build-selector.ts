// name{label="value", …}, {"dotted.name", …}: the name is one more matcher.
import type { SyntaxNode } from '@lezer/common';
import { metricNameLabel } from '../labels.ts';
import type { Matcher, MatchOperator } from '../matcher.ts';
import { createMatcher } from '../matcher.ts';
import { RegexRefused } from '../regex.ts';
import type { SelectorNode } from './ast.ts';
import { unquote } from './quoted-text.ts';
import type { Source } from './source.ts';
import { childrenOf } from './source.ts';

const unquoted = (source: Source, node: SyntaxNode): string =>
  unquote(source.text(node)) ?? source.fail(node, `error unquoting string ${JSON.stringify(source.text(node))}: invalid syntax`);

const buildMatcher = (source: Source, node: SyntaxNode): Matcher => {
  if (node.name === 'QuotedLabelName') return createMatcher(metricNameLabel, '=', unquoted(source, node));
  const [label, operator, value] = childrenOf(node);
  const name = label!.name === 'LabelName' ? source.text(label!) : unquoted(source, label!);
  try {
    return createMatcher(name, source.text(operator!) as MatchOperator, unquoted(source, value!));
  } catch (error) {
    if (error instanceof RegexRefused) return source.fail(node, error.message);
    throw error;
  }
};

const checkSelector = (source: Source, node: SelectorNode): void => {
  const names = node.matchers.filter((matcher) => matcher.name === metricNameLabel && matcher.operator === '=');
  const other = node.matchers.find(
    (matcher) => matcher.name === metricNameLabel && !(matcher.operator === '=' && matcher.value === node.name),
  );
  if (node.name !== '' && (other !== undefined || names.length > 1)) {
    source.fail(node, `metric name must not be set twice: "${node.name}" or "${other?.value ?? node.name}"`);
  }
  if (node.matchers.every((matcher) => matcher.matches('')))
    source.fail(node, 'vector selector must contain at least one non-empty matcher');
};

export const buildSelector = (source: Source, node: SyntaxNode): SelectorNode => {
  const children = childrenOf(node);
  const identifier = children.find((child) => child.name === 'Identifier');
  const braces = children.find((child) => child.name === 'LabelMatchers');
  const name = identifier === undefined ? '' : source.text(identifier);
  const matchers = braces === undefined ? [] : childrenOf(braces).map((child) => buildMatcher(source, child));
  if (name !== '') matchers.push(createMatcher(metricNameLabel, '=', name));
  const built: SelectorNode = {
    kind: 'selector',
    name,
    matchers,
    offsetMs: 0,
    offsetIsSet: false,
    atMs: null,
    from: node.from,
    to: node.to,
  };
  checkSelector(source, built);
  return built;
};
