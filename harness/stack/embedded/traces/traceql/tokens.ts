// TraceQL text -> tokens, by Grafana's grammar (@grafana/lezer-traceql). The grammar says what is TraceQL at all; its tree knows no precedence and gives
// unary operators the whole rest of the expression, so operands and operators are read off in order and put together again by Tempo's own rules.
import { parser } from '@grafana/lezer-traceql';
import type { SyntaxNode } from '@lezer/common';
import { QueryRefused } from '../../query-refused.ts';
import { showToGrammar } from './grammar-gaps.ts';
import type { ShownQuery } from './grammar-gaps.ts';

export type Token = {
  readonly kind: 'literal' | 'attribute' | 'intrinsic' | 'mark';
  readonly text: string;
  readonly from: number;
};

const leaves: Readonly<Record<string, Token['kind']>> = {
  Static: 'literal',
  String: 'literal',
  Integer: 'literal',
  Float: 'literal',
  Duration: 'literal',
  AttributeField: 'attribute',
  IntrinsicField: 'intrinsic',
};

const isComment = (node: SyntaxNode): boolean => node.name === 'LineComment' || node.name === 'BlockComment';

const mark = /\s+|&>>|&<<|!>>|!<<|&&|\|\||&>|&<|&~|!>|!<|>>|<<|=~|!~|!=|<=|>=|\w+|\S/y;

const metricsOnly = /\b(?:rate|\w+_over_time)\s*\(/;

const refuseErrors = (query: string, top: SyntaxNode): void => {
  top.cursor().iterate((node) => {
    if (!node.type.isError) return;
    const found = query.slice(node.from, node.to).trim();
    const where = found === '' ? 'syntax error: something is missing here' : `syntax error at ${JSON.stringify(found)}`;
    const hint = metricsOnly.test(query)
      ? ' (arithmetic on metrics and comparing them with a number are not supported by the embedded stack)'
      : '';
    throw new QueryRefused(query, node.from, where + hint);
  });
};

const leavesOf = (top: SyntaxNode): readonly SyntaxNode[] => {
  const found: SyntaxNode[] = [];
  top.cursor().iterate(({ node }) => {
    if (leaves[node.name] === undefined && !isComment(node)) return true;
    found.push(node);
    return false;
  });
  return found;
};

const readMarks = (query: string, from: number, to: number): readonly Token[] => {
  const tokens: Token[] = [];
  mark.lastIndex = from;
  while (mark.lastIndex < to) {
    const at = mark.lastIndex;
    const text = mark.exec(query)?.[0] ?? '';
    if (text.trim() !== '') tokens.push({ kind: 'mark', text, from: at });
  }
  return tokens;
};

export type Tokens = { readonly tokens: readonly Token[]; readonly hints: ShownQuery['hints'] };

/** Throws a QueryRefused at the first thing that the grammar does not know. */
export const tokenize = (query: string): Tokens => {
  const { shown, replaced, hints } = showToGrammar(query);
  if (shown.trim() === '') throw new QueryRefused(query, 0, 'the query is empty');
  const top = parser.parse(shown).topNode;
  refuseErrors(query, top);
  const end = hints === null ? query.length : query.lastIndexOf('with', hints.from);
  const tokens: Token[] = [];
  let at = 0;
  for (const node of leavesOf(top)) {
    tokens.push(...readMarks(query, at, Math.min(node.from, end)));
    at = node.from + (replaced.get(node.from) ?? node.to - node.from);
    const kind = leaves[node.name];
    if (kind !== undefined) tokens.push({ kind, text: query.slice(node.from, at), from: node.from });
  }
  return { tokens: [...tokens, ...readMarks(query, at, end)], hints };
};
