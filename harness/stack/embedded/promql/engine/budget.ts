// Bounds of one query: samples held and read, and time. A query past them fails; it never returns part of an answer.
import { PromqlError, executionError } from '../promql-error.ts';

export type Budget = {
  /** Called before the memory is taken. */
  spend(samples: number): void;
};

export type BudgetOptions = { readonly maxSamples: number; readonly timeoutMs: number; readonly nowMs: () => number };

export const createBudget = ({ maxSamples, timeoutMs, nowMs }: BudgetOptions): Budget => {
  const deadlineMs = nowMs() + timeoutMs;
  let spent = 0;
  return {
    spend: (samples) => {
      spent += samples;
      if (spent > maxSamples) throw executionError('query processing would load too many samples into memory in query execution');
      if (nowMs() > deadlineMs) throw new PromqlError('timeout', 'query timed out in expression evaluation');
    },
  };
};
