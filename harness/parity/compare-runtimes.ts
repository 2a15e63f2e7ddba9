// Puts every question to both runtimes and keeps both answers where they differ.
import type { Clock } from '../engine/clock.ts';
import type { RunningStack } from '../stack/running-stack.ts';
import { allowedReason } from './allowed-differences.ts';
import type { Answer } from './ask-question.ts';
import type { AskedFor, Question } from './question.ts';
import { settleAnswer } from './settle-answer.ts';
import type { TiedSamples } from './tied-lines.ts';

export type Difference = {
  readonly question: Question;
  readonly difference: string;
  /** Why it is allowed; null: it fails. */
  readonly allowed: string | null;
  readonly answers: Readonly<Record<string, Answer>>;
};

export type Tally = {
  readonly asked: number;
  readonly empty: number;
  readonly refused: number;
  readonly different: number;
  readonly allowed: number;
  /** Questions that a runtime answered otherwise a moment later: what it stayed with was compared. */
  readonly contradicted: number;
};

export type Comparison = {
  readonly tallies: Readonly<Partial<Record<AskedFor, Tally>>>;
  readonly differences: readonly Difference[];
  /** Milliseconds that all answers of a runtime took together. */
  readonly milliseconds: Readonly<Record<string, number>>;
};

export type CompareOptions = {
  readonly runtimes: readonly [RunningStack, RunningStack];
  readonly questions: readonly Question[];
  readonly ask: (stack: RunningStack, question: Question) => Promise<Answer>;
  readonly differenceOf: (question: Question, one: Answer, other: Answer) => string | null;
  readonly tiedSamples: TiedSamples;
  readonly onAsked: (asked: number, different: number) => void;
  readonly clock: Clock;
  readonly signal: AbortSignal;
};

const emptyTally: Tally = { asked: 0, empty: 0, refused: 0, different: 0, allowed: 0, contradicted: 0 };

/** No series, lines, traces or names: two that say nothing agree about nothing, which is told beside the count. */
const isEmpty = ({ body }: Answer): boolean => {
  const { data, traces, series } = (body ?? {}) as {
    readonly data?: { readonly result?: unknown } | unknown[];
    readonly traces?: unknown;
    readonly series?: unknown;
  };
  const found = Array.isArray(data) ? data : (data?.result ?? traces ?? series);
  return Array.isArray(found) && found.length === 0;
};

type Compared = { readonly difference: Difference | null; readonly contradicted: boolean };

const grown = (tally: Tally, one: Answer, { difference, contradicted }: Compared): Tally => ({
  asked: tally.asked + 1,
  empty: tally.empty + (isEmpty(one) ? 1 : 0),
  refused: tally.refused + (one.status < 200 || one.status > 299 ? 1 : 0),
  different: tally.different + (difference !== null && difference.allowed === null ? 1 : 0),
  allowed: tally.allowed + (difference !== null && difference.allowed !== null ? 1 : 0),
  contradicted: tally.contradicted + (contradicted ? 1 : 0),
});

const compare = async (question: Question, answers: readonly [Answer, Answer], options: CompareOptions): Promise<Compared> => {
  const { runtimes, ask, differenceOf, tiedSamples, clock, signal } = options;
  if (differenceOf(question, ...answers) === null) return { difference: null, contradicted: false };
  const isSame = (one: Answer, other: Answer): boolean => differenceOf(question, one, other) === null;
  const settle = (index: 0 | 1) => settleAnswer(answers[index], { ask: () => ask(runtimes[index], question), isSame, clock, signal });
  const [one, other] = [await settle(0), await settle(1)];
  const contradicted = one.contradicted || other.contradicted;
  const text = differenceOf(question, one.answer, other.answer);
  if (text === null) return { difference: null, contradicted };
  const allowed = await allowedReason({ question, difference: text, answers: [one.answer, other.answer], tiedSamples });
  const kept = { [runtimes[0].runtime]: one.answer, [runtimes[1].runtime]: other.answer };
  return { difference: { question, difference: text, allowed, answers: kept }, contradicted };
};

export const compareRuntimes = async (options: CompareOptions): Promise<Comparison> => {
  const { runtimes, questions, ask, onAsked, signal } = options;
  const [first, second] = runtimes;
  const tallies: Partial<Record<AskedFor, Tally>> = {};
  const differences: Difference[] = [];
  const milliseconds = { [first.runtime]: 0, [second.runtime]: 0 };
  let asked = 0;
  for (const question of questions) {
    signal.throwIfAborted();
    const [one, other] = [await ask(first, question), await ask(second, question)];
    milliseconds[first.runtime] = (milliseconds[first.runtime] ?? 0) + one.milliseconds;
    milliseconds[second.runtime] = (milliseconds[second.runtime] ?? 0) + other.milliseconds;
    const compared = await compare(question, [one, other], options);
    if (compared.difference !== null) differences.push(compared.difference);
    tallies[question.askedFor] = grown(tallies[question.askedFor] ?? emptyTally, one, compared);
    asked += 1;
    onAsked(asked, differences.length);
  }
  return { tallies, differences, milliseconds };
};
