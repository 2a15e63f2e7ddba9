// The same few queries are asked every second, by rules and by dashboards: each is parsed once.
import type { Node } from './ast.ts';
import { parseExpression } from './parse.ts';
import type { QueryWindow } from './source.ts';

const parsed = new Map<string, Node>();

const mostQueries = 1_000;

/** A tree keeps what its regular expressions answered: long queries are not worth that memory. */
const longestQuery = 4_096;

/** These are numbers in the tree already, of the window that it was parsed for. A comment may stand between a name and its parenthesis. */
const seesWindow = /\b(?:start|end|step|range)\s*[(#]/i;

/** Throws a PromqlError of type bad_data. */
export const parseOnce = (query: string, window: QueryWindow): Node => {
  if (query.length > longestQuery || seesWindow.test(query)) return parseExpression(query, window);
  const known = parsed.get(query);
  if (known !== undefined) return known;
  const node = parseExpression(query, window);
  if (parsed.size >= mostQueries) parsed.clear();
  parsed.set(query, node);
  return node;
};
