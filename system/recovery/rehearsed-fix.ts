// What a rehearsal says of a fix on one event.
import type { RehearsedEvent } from '../contract/recovery.ts';
import type { Fixed } from './apply-fix.ts';

/** null: no fix was given. */
export const rehearsedFix = (fixed: Fixed | null): Pick<RehearsedEvent, 'fix' | 'changes' | 'refused'> => {
  if (fixed === null) return {};
  if (fixed.outcome === 'changed') return { fix: 'changed', changes: fixed.changes };
  if (fixed.outcome === 'unchanged') return { fix: 'unchanged' };
  return { fix: 'refused', refused: { rule: fixed.rule, path: fixed.path, why: fixed.why } };
};
