// Puts every question to both runtimes and keeps both answers where they differ.
import type { RunningStack } from '../stack/running-stack.ts';
import { allowedReason } from './allowed-differences.ts';
import { askQuestion, type Answer } from './ask-question.ts';
import type { AskedFor, Question } from './question.ts';
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
  readonly differenceOf: (question: Question, one: Answer, other: Answer) => string | null;
  readonly tiedSamples: TiedSamples;
  readonly onAsked: (asked: number, different: number) => void;
  readonly signal: AbortSignal;
};

const emptyTally: Tally = { asked: 0, empty: 0, refused: 0, different: 0, allowed: 0 };

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

const grown = (tally: Tally, one: Answer, difference: Difference | null): Tally => ({
  asked: tally.asked + 1,
  empty: tally.empty + (isEmpty(one) ? 1 : 0),
  refused: tally.refused + (one.status < 200 || one.status > 299 ? 1 : 0),
  different: tally.different + (difference !== null && difference.allowed === null ? 1 : 0),
  allowed: tally.allowed + (difference !== null && difference.allowed !== null ? 1 : 0),
});

const differenceIn = async (
  question: Question,
  [one, other]: readonly [Answer, Answer],
  { runtimes: [first, second], differenceOf, tiedSamples }: CompareOptions,
): Promise<Difference | null> => {
  const difference = differenceOf(question, one, other);
  if (difference === null) return null;
  const allowed = await allowedReason({ question, difference, answers: [one, other], tiedSamples });
  return { question, difference, allowed, answers: { [first.runtime]: one, [second.runtime]: other } };
};

export const compareRuntimes = async (options: CompareOptions): Promise<Comparison> => {
  const { runtimes, questions, onAsked, signal } = options;
  const [first, second] = runtimes;
  const tallies: Partial<Record<AskedFor, Tally>> = {};
  const differences: Difference[] = [];
  const milliseconds = { [first.runtime]: 0, [second.runtime]: 0 };
  let asked = 0;
  for (const question of questions) {
    signal.throwIfAborted();
    const [one, other] = [await askQuestion(first, question), await askQuestion(second, question)];
    milliseconds[first.runtime] = (milliseconds[first.runtime] ?? 0) + one.milliseconds;
    milliseconds[second.runtime] = (milliseconds[second.runtime] ?? 0) + other.milliseconds;
    const difference = await differenceIn(question, [one, other], options);
    if (difference !== null) differences.push(difference);
    tallies[question.askedFor] = grown(tallies[question.askedFor] ?? emptyTally, one, difference);
    asked += 1;
    onAsked(asked, differences.length);
  }
  return { tallies, differences, milliseconds };
};
