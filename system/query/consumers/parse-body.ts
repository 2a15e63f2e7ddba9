// The body of a request to the consumer API, by the schema that OpenAPI shows.
import type { Static, TObject } from 'typebox';
import { Compile } from 'typebox/compile';
import { describeProblems } from '../../contract/schema-problems.ts';
import { type Problem, RequestProblem } from '../request-problem.ts';

const problemsShown = 20;

/** Throws invalid_json, invalid_consumer, unsupported_content_type. */
export const createBodyParser = <S extends TObject>(schema: S): ((body: unknown) => Static<S>) => {
  const check = Compile(schema);
  return (body) => {
    if (typeof body !== 'string') throw new RequestProblem('unsupported_content_type', 'Send a body of application/json.');
    const value = parse(body);
    if (check.Check(value)) return value as Static<S>;
    const problems = describeProblems(check.Errors(value)).map(({ path, message }) => ({ parameter: path, message }));
    throw invalidConsumer(problems.slice(0, problemsShown));
  };
};

const parse = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new RequestProblem('invalid_json', `The body is not JSON: ${(cause as Error).message}.`, { cause });
  }
};

export const invalidConsumer = (details: readonly Problem[]) =>
  new RequestProblem('invalid_consumer', details.map(({ parameter, message }) => `${parameter} ${message}.`).join(' '), { details });
