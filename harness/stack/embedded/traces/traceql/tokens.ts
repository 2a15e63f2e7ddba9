// TraceQL text -> tokens, by Grafana's grammar (@grafana/lezer-traceql). The grammar says what is TraceQL at all; its tree gives unary operators the
// whole rest of the expression and knows no precedence, so operands and operators are read off in order and put together again by Tempo's own rules.
import { parser } from '@grafana/lezer-traceql';
import type { SyntaxNode } from '@lezer/common';
import { QueryRefused } from '../../query-refused.ts';

export type Token = {
  readonly kind: 'literal' | 'attribute' | 'intrinsic' | 'operator' | 'open' | 'close' | 'brace-open' | 'brace-close';
  readonly text: string;
  readonly from: number;
};

const containers = new Set([
  'TraceQL',
  'SpansetPipelineExpression',
  'SpansetPipeline',
  'SpansetExpression',
  'WrappedSpansetPipeline',
  'SpansetFilter',
  'FieldExpression',
]);

const leaves: Readonly<Record<string, Token['kind']>> = {
  Static: 'literal',
  AttributeField: 'attribute',
  IntrinsicField: 'intrinsic',
  FieldOp: 'operator',
  And: 'operator',
  Or: 'operator',
  Gt: 'operator',
  Lt: 'operator',
  Desc: 'operator',
  Anc: 'operator',
};

const marks: Readonly<Record<string, Token['kind']>> = {
  '(': 'open',
  ')': 'close',
  '{': 'brace-open',
  '}': 'brace-close',
  '!': 'operator',
  '-': 'operator',
  '~': 'operator',
};

const children = (node: SyntaxNode): readonly SyntaxNode[] => {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) found.push(child);
  return found;
};

const isComment = (node: SyntaxNode): boolean => node.name === 'LineComment' || node.name === 'BlockComment';

export const tokenize = (query: string): readonly Token[] => {
  const tokens: Token[] = [];
  const readMarks = (from: number, to: number): void => {
    for (let at = from; at < to; at += 1) {
      const text = query[at] ?? '';
      if (/\s/.test(text)) continue;
      const kind = marks[text];
      if (kind === undefined) throw new QueryRefused(query, at, `${JSON.stringify(text)} is not supported here`);
      tokens.push({ kind, text, from: at });
    }
  };
  const walk = (node: SyntaxNode): void => {
    if (node.type.isError) {
      const text = query.slice(node.from, node.to).trim();
      throw new QueryRefused(
        query,
        node.from,
        text === '' ? 'syntax error: something is missing here' : `syntax error at ${JSON.stringify(text)}`,
      );
    }
    if (isComment(node)) return;
    const leaf = leaves[node.name];
    if (leaf !== undefined) tokens.push({ kind: leaf, text: query.slice(node.from, node.to), from: node.from });
    else if (containers.has(node.name)) walkInside(node);
    else
      throw new QueryRefused(
        query,
        node.from,
        `${node.name} ${JSON.stringify(query.slice(node.from, node.to))} is not supported by the embedded stack`,
      );
  };
  const walkInside = (node: SyntaxNode): void => {
    let end = node.from;
    for (const child of children(node)) {
      readMarks(end, child.from);
      walk(child);
      end = child.to;
    }
    readMarks(end, node.to);
  };

  if (query.trim() === '') throw new QueryRefused(query, 0, 'the query is empty');
  refuseErrors(query, parser.parse(query).topNode);
  walk(parser.parse(query).topNode);
  return tokens;
};

/** Errors inside leaves too (a half-written attribute, a wrong intrinsic), so that nothing broken is read as something whole. */
const refuseErrors = (query: string, top: SyntaxNode): void => {
  top.cursor().iterate((node) => {
    if (!node.type.isError) return;
    const text = query.slice(node.from, node.to).trim();
    throw new QueryRefused(
      query,
      node.from,
      text === '' ? 'syntax error: something is missing here' : `syntax error at ${JSON.stringify(text)}`,
    );
  });
};
