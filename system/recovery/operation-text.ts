// What operators ask for, as text that is parsed once: no more than its schema says, nothing that no store of ours could hold.
import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { eventLimits } from '../contract/event-limits.ts';
import { describeProblems } from '../contract/schema-problems.ts';
import { findHostileText, isDeeperThan } from '../ingest/hostile-text.ts';

export type OperationProblem = { readonly parameter: string; readonly message: string };
export type ParsedOperation<Request> = { readonly request: Request } | { readonly problems: readonly OperationProblem[] };

const problemsShown = 20;

/** Throws a SyntaxError for what is no JSON. `contradictions`: what a schema can't say. */
export const createOperationParser = <S extends TSchema>(
  schema: S,
  contradictions: (request: Static<S>) => readonly OperationProblem[],
): ((body: string) => ParsedOperation<Static<S>>) => {
  const check = Compile(schema);
  return (body) => {
    const value: unknown = JSON.parse(body);
    const one = (parameter: string, message: string) => ({ problems: [{ parameter, message }] });
    if (isDeeperThan(value, eventLimits.depth)) return one('', `is nested deeper than ${eventLimits.depth}`);
    const hostile = findHostileText(body, value);
    if (hostile !== null) return one(hostile, 'holds U+0000 or a lone surrogate, which nothing stored can hold');
    if (!check.Check(value)) {
      const problems = describeProblems(check.Errors(value)).map(({ path, message }) => ({ parameter: path, message }));
      return { problems: problems.slice(0, problemsShown) };
    }
    const request = value as Static<S>;
    const problems = contradictions(request);
    return problems.length > 0 ? { problems } : { request };
  };
};
