// Steps through the tree of Grafana's LogQL grammar, and refuses by name and position what is not understood.
import type { SyntaxNode } from '@lezer/common';
import { QueryRefused } from '../../query-refused.ts';

export const children = (node: SyntaxNode): readonly SyntaxNode[] => {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) found.push(child);
  return found;
};

export const textOf = (query: string, node: SyntaxNode): string => query.slice(node.from, node.to);

export const refuse = (query: string, node: SyntaxNode, message: string): never => {
  throw new QueryRefused(query, node.from, message);
};

export const refuseUnsupported = (query: string, node: SyntaxNode): never =>
  refuse(query, node, `${node.name} ${JSON.stringify(textOf(query, node))} is not supported by the embedded stack`);

/** The child of this name; its absence is the query's fault, since the grammar takes broken text too. */
export const childOf = (query: string, node: SyntaxNode, name: string): SyntaxNode =>
  node.getChild(name) ?? refuse(query, node, `${node.name} has no ${name} here`);

/** The first error node anywhere refuses the whole query. */
export const refuseErrors = (query: string, top: SyntaxNode): void => {
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
