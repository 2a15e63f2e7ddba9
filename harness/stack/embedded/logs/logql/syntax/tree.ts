// Steps through the tree of Grafana's LogQL grammar, and refuses by name and position what is not understood.
import type { SyntaxNode } from '@lezer/common';
import { QueryRefused } from '../../../query-refused.ts';

export const children = (node: SyntaxNode): readonly SyntaxNode[] => {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) if (child.name !== 'LineComment') found.push(child);
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

/** What `read` throws becomes a refusal of this node. */
export const readAt = <Result>(query: string, node: SyntaxNode, read: () => Result): Result => {
  try {
    return read();
  } catch (error) {
    if (error instanceof QueryRefused || !(error instanceof Error)) throw error;
    throw new QueryRefused(query, node.from, error.message, { cause: error });
  }
};

/** What Loki has and the grammar does not know. */
const unsupportedFunctions = ['approx_topk', 'variants'];

const refuseAt = (query: string, from: number, to: number): never => {
  const text = query.slice(from, to).trim();
  if (unsupportedFunctions.includes(text.toLowerCase()))
    throw new QueryRefused(query, from, `${text} is not supported by the embedded stack`);
  const what =
    text === '' ? (query.slice(from).trim() === '' ? 'unexpected end of the query' : 'something is missing here') : JSON.stringify(text);
  throw new QueryRefused(query, from, `syntax error: ${text === '' ? what : `unexpected ${what}`}`);
};

/** The first error node anywhere refuses the whole query. */
export const refuseErrors = (query: string, top: SyntaxNode): void => {
  top.cursor().iterate((node) => {
    if (node.type.isError) refuseAt(query, node.from, node.to);
  });
};
