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
  /** Bounds the depth of what is nested; leaves again when disposed. */
  enter(place: { readonly from: number; readonly to: number }): Disposable;
};

/** Far beyond what anybody reads. Each level is a few frames of the stack, here and wherever the tree is walked. */
const maxDepth = 500;

export const createSource = (query: string, window: QueryWindow): Source => {
  let depth = 0;
  const fail: Source['fail'] = (place, message) => {
    throw parseError(query, { from: place.from, to: place.to }, message);
  };
  return {
    query,
    window,
    text: (node) => query.slice(node.from, node.to),
    fail,
    enter(place) {
      depth += 1;
      if (depth > maxDepth) fail(place, `nested deeper than ${maxDepth}`);
      return { [Symbol.dispose]: () => void (depth -= 1) };
    },
  };
};

export const childrenOf = (node: SyntaxNode): SyntaxNode[] => {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) children.push(child);
  return children;
};
