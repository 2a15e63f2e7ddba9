// The query as the builders of the tree need it: its text, the window it will be asked for, and a way to fail at a place.
import type { SyntaxNode } from '@lezer/common';
import { parseError } from '../promql-error.ts';

/** Durations may name step() and range(), and @ may name start() and end(): so the window belongs to parsing. */
export type QueryWindow = { readonly startMs: number; readonly endMs: number; readonly stepMs: number };

export type Source = {
  readonly query: string;
  readonly window: QueryWindow;
  text(node: SyntaxNode): string;
  fail(place: { readonly from: number; readonly to: number }, message: string): never;
};

export const createSource = (query: string, window: QueryWindow): Source => ({
  query,
  window,
  text: (node) => query.slice(node.from, node.to),
  fail: (place, message) => {
    throw parseError(query, { from: place.from, to: place.to }, message);
  },
});

export const childrenOf = (node: SyntaxNode): SyntaxNode[] => {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) children.push(child);
  return children;
};
