// Says where the grammar gave up, in the words that Prometheus would use.
import type { SyntaxNode, Tree } from '@lezer/common';
import { experimentalFunctions } from './signatures.ts';
import type { Source } from './source.ts';

type Problem = { readonly place: { readonly from: number; readonly to: number }; readonly message: string };

const firstErrorNode = (tree: Tree): SyntaxNode | null => {
  let found: SyntaxNode | null = null;
  tree.iterate({
    enter: (node) => {
      if (found !== null) return false;
      if (node.type.isError) found = node.node;
      return true;
    },
  });
  return found;
};

const unknownFunction = (source: Source, at: number): Problem | null => {
  const before = /([a-zA-Z_:][\w:]*)\s*$/.exec(source.query.slice(0, at));
  if (before === null || !/^\s*\(/.test(source.query.slice(at))) return null;
  const name = before[1]!;
  const message = experimentalFunctions.has(name) ? `function "${name}" is not enabled` : `unknown function with name "${name}"`;
  return { place: { from: before.index, to: before.index + name.length }, message };
};

const tokenAt = /^(?:[a-zA-Z_:][\w:]*|[\d.]+\w*|"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|`[^`]*`?|[=!<>]=|=~|!~|[^])/;

const unclosedQuote = (source: Source, at: number): Problem | null => {
  const text = source.query.slice(at);
  const quote = /^["'`]/.exec(text)?.[0];
  if (quote === undefined || tokenAt.exec(text)![0].slice(1).endsWith(quote)) return null;
  return { place: { from: at, to: source.query.length }, message: 'unterminated quoted string' };
};

export const firstSyntaxError = (source: Source, tree: Tree): Problem | null => {
  const node = firstErrorNode(tree);
  if (node === null) return null;
  const gap = /^(?:\s|#[^\n]*)*/.exec(source.query.slice(node.from))![0].length;
  const from = node.from + gap;
  const special = unknownFunction(source, node.from) ?? unclosedQuote(source, from);
  if (special !== null) return special;
  if (from >= source.query.length)
    return { place: { from: source.query.length, to: source.query.length }, message: 'unexpected end of input' };
  const token = tokenAt.exec(source.query.slice(from))![0];
  return { place: { from, to: from + token.length }, message: `unexpected ${JSON.stringify(token)}` };
};
