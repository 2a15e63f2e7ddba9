// The differences between the embedded runtime and the real servers that are known and meant, each with its reason. Short on purpose: all others fail.
import type { Question } from './question.ts';

const dateFunctions = /\b(day_of_(month|week|year)|days_in_month|hour|minute|month|year)\(/;

export type AllowedDifference = {
  readonly reason: string;
  readonly matches: (question: Question, difference: string) => boolean;
};

export const allowedDifferences: readonly AllowedDifference[] = [
  {
    reason: 'The date of NaN: Go turns NaN into another integer on each kind of processor, and ours is NaN on all of them.',
    matches: ({ query }, difference) => dateFunctions.test(query) && /: NaN against -?\d+$/.test(difference),
  },
  {
    reason:
      'The first, the last or the next of log lines at one nanosecond: some senders stamp milliseconds, and Loki keeps no order among such lines.',
    matches: ({ kind, askedFor, query }) =>
      kind.startsWith('loki') && askedFor === 'generated' && /\b(?:first_over_time|last_over_time|rate_counter)\b/.test(query),
  },
];

/** The reason why this difference is allowed; null: it is not. What a verdict is made from is never allowed to differ. */
export const allowedReason = (question: Question, difference: string): string | null =>
  question.askedFor === 'verdict' || question.askedFor === 'rule'
    ? null
    : (allowedDifferences.find(({ matches }) => matches(question, difference))?.reason ?? null);
