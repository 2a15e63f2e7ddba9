// The differences between the embedded runtime and the real servers that are known and meant, each with its reason. Short on purpose: all others fail.
import type { Answer } from './ask-question.ts';
import { lokiAnswersDiffer } from './compare-loki.ts';
import { missedSpans } from './missed-spans.ts';
import type { Question } from './question.ts';
import { type TiedSamples, withoutSamples } from './tied-lines.ts';

const dateFunctions = /\b(day_of_(month|week|year)|days_in_month|hour|minute|month|year)\(/;

export type Differing = {
  readonly question: Question;
  /** In words. */
  readonly difference: string;
  readonly answers: readonly [Answer, Answer];
  /** Samples that depend on the order of lines at one nanosecond. */
  readonly tiedSamples: TiedSamples;
};

/** A span for each edge of pages and blocks that a run of a minute has, and no more. */
const mostMissed = 4;

const missesFew = (all: Answer, some: Answer): boolean => {
  if (all.status !== 200 || some.status !== 200) return false;
  const missed = missedSpans(all.body, some.body);
  return missed !== null && missed > 0 && missed <= mostMissed;
};

type AllowedDifference = { readonly reason: string; readonly matches: (differing: Differing) => boolean | Promise<boolean> };

const allowedDifferences: readonly AllowedDifference[] = [
  {
    reason: 'The date of NaN: Go turns NaN into another integer on each kind of processor, and ours is NaN on all of them.',
    matches: ({ question: { query }, difference }) => dateFunctions.test(query) && /: NaN against -?\d+$/.test(difference),
  },
  {
    reason:
      'Spans that Tempo 3.0 misses: `= nil` carries what it saw across the edge of a page or a block, and takes the next span for one that has a value (mended after 3.0, grafana/tempo#7345). All others are the same.',
    matches: ({ question: { kind, askedFor, query }, answers: [one, other] }) =>
      kind === 'tempo-search' && askedFor === 'generated' && /[^!]= nil\b/.test(query) && (missesFew(one, other) || missesFew(other, one)),
  },
  {
    reason:
      'The order of log lines at one nanosecond: some senders stamp milliseconds, and Loki keeps no order among such lines of several streams. All samples that do not depend on it are the same.',
    matches: async ({ question, answers: [one, other], tiedSamples }) => {
      if (!question.kind.startsWith('loki') || question.askedFor !== 'generated') return false;
      const tied = await tiedSamples(question);
      return tied.size > 0 && lokiAnswersDiffer(question, withoutSamples(one, tied), withoutSamples(other, tied)) === null;
    },
  },
];

/** The reason why this difference is allowed; null: it is not. What a verdict is made from is never allowed to differ. */
export const allowedReason = async (differing: Differing): Promise<string | null> => {
  const { askedFor } = differing.question;
  if (askedFor === 'verdict' || askedFor === 'rule') return null;
  for (const { reason, matches } of allowedDifferences) if (await matches(differing)) return reason;
  return null;
};
