// Steps through the tree of Grafana's LogQL grammar, and refuses by name and position what is not understood.
import type { SyntaxNode } from '@lezer/common';
import { QueryRefused } from '../../../query-refused.ts';
import type { Offset } from './take-offsets.ts';

/** The whole query, and the offsets that were taken out of what the grammar saw. */
export type QueryText = { readonly text: string; readonly offsets: ReadonlyMap<number, Offset> };

export const children = (node: SyntaxNode): readonly SyntaxNode[] => {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) if (child.name !== 'LineComment') found.push(child);
  return found;
};

export const textOf = (query: QueryText, node: SyntaxNode): string => query.text.slice(node.from, node.to);

export const refuse = (query: QueryText, node: SyntaxNode, message: string): never => {
  throw new QueryRefused(query.text, node.from, message);
};

export const refuseUnsupported = (query: QueryText, node: SyntaxNode): never =>
  refuse(query, node, `${node.name} ${JSON.stringify(textOf(query, node))} is not supported by the embedded stack`);

/** The child of this name; its absence is the query's fault, since the grammar takes broken text too. */
export const childOf = (query: QueryText, node: SyntaxNode, name: string): SyntaxNode =>
  node.getChild(name) ?? refuse(query, node, `${node.name} has no ${name} here`);

/** What `read` throws becomes a refusal of this node. */
export const readAt = <Result>(query: QueryText, node: SyntaxNode, read: () => Result): Result => {
  try {
    return read();
  } catch (error) {
    if (error instanceof QueryRefused || !(error instanceof Error)) throw error;
    throw new QueryRefused(query.text, node.from, error.message, { cause: error });
  }
};

/** What Loki has and the grammar does not know. */
const unsupportedFunctions = ['approx_topk', 'variants'];

const refuseAt = (query: QueryText, from: number, to: number): never => {
  const text = query.text.slice(from, to).trim();
  if (unsupportedFunctions.includes(text.toLowerCase()))
    throw new QueryRefused(query.text, from, `${text} is not supported by the embedded stack`);
  const what =
    text === ''
      ? query.text.slice(from).trim() === ''
        ? 'unexpected end of the query'
        : 'something is missing here'
      : JSON.stringify(text);
  throw new QueryRefused(query.text, from, `syntax error: ${text === '' ? what : `unexpected ${what}`}`);
};

/** The first error node anywhere refuses the whole query. */
export const refuseErrors = (query: QueryText, top: SyntaxNode): void => {
  top.cursor().iterate((node) => {
    if (node.type.isError) refuseAt(query, node.from, node.to);
  });
};
