// One condition on a label, as in {job="a", path=~"/api/.*"}. A label that is not there has the empty value.
import type { Labels } from './labels.ts';
import { labelValue } from './labels.ts';
import { compileRegex } from './compile-regex.ts';

export type MatchOperator = '=' | '!=' | '=~' | '!~';

export type Matcher = {
  readonly name: string;
  readonly operator: MatchOperator;
  readonly value: string;
  matches(value: string): boolean;
};

/** Answers of one regular expression are kept: a store asks for the same few values again and again. */
const remembered = (test: (value: string) => boolean): ((value: string) => boolean) => {
  const answers = new Map<string, boolean>();
  return (value) => {
    const known = answers.get(value);
    if (known !== undefined) return known;
    const answer = test(value);
    if (answers.size < 10_000) answers.set(value, answer);
    return answer;
  };
};

/** Throws RegexRefused for a pattern that RE2 would not take, or that we can't run as RE2 would. */
export const createMatcher = (name: string, operator: MatchOperator, value: string): Matcher => {
  const make = (matches: (actual: string) => boolean): Matcher => ({ name, operator, value, matches });
  if (operator === '=') return make((actual) => actual === value);
  if (operator === '!=') return make((actual) => actual !== value);
  const regex = compileRegex(value);
  const matches = remembered((actual) => regex.test(actual));
  return make(operator === '=~' ? matches : (actual) => !matches(actual));
};

export const matchesAll = (labels: Labels, matchers: readonly Matcher[]): boolean =>
  matchers.every((matcher) => matcher.matches(labelValue(labels, matcher.name)));
