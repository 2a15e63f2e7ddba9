// The body of an operator's request, parsed, or the problem that it is answered with.
import type { ParsedOperation } from '../recovery/operation-text.ts';
import { RequestProblem } from './request-problem.ts';

export const readOperation = <Request>(body: unknown, parse: (text: string) => ParsedOperation<Request>): Request => {
  if (typeof body !== 'string') throw new RequestProblem('unsupported_content_type', 'Send a body of application/json.');
  let parsed: ParsedOperation<Request>;
  try {
    parsed = parse(body);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new RequestProblem('invalid_json', `The body is not JSON: ${error.message}.`, { cause: error });
  }
  if ('request' in parsed) return parsed.request;
  const message = parsed.problems.map(({ parameter, message: what }) => `${parameter} ${what}.`).join(' ');
  throw new RequestProblem('invalid_operation', message, { details: parsed.problems });
};

/** Another request is not shown, and not done twice; nor is another tenant's. */
export const takenRequestId = () => {
  const details = [{ parameter: '/request_id', message: 'was used before, for another request: make another UUID' }];
  return new RequestProblem(
    'request_id_conflict',
    '/request_id was used before, for another request: make another UUID. Nothing was done.',
    {
      details,
    },
  );
};
