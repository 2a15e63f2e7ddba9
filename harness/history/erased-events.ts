// Events whose object was erased: what is left of one is its place in the log and the id that was answered for it.
import type { EventHistory, RunIndex } from './run-index.ts';

/** Of an erased event the row is left, under the id that was answered. */
export const isErased = ({ operations }: Pick<EventHistory, 'operations'>, erased: RunIndex['erased']): boolean =>
  erased.size > 0 && operations.some(({ id: answered }) => answered !== null && erased.has(answered));

/** How many erased events were answered to nobody: those of unknown outcome are among them. */
export const erasedUnanswered = ({ operations, erased }: Pick<RunIndex, 'operations' | 'erased'>): number => {
  if (erased.size === 0) return 0;
  const left = new Set(erased);
  for (const { id: answered } of operations) if (answered !== null) left.delete(answered);
  return left.size;
};
