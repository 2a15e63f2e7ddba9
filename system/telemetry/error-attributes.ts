// An error as attributes of a log record or a span, by the semantic conventions; causes are told in the message.
import { messageOf } from '../contract/message-of.ts';

export type ErrorAttributes = {
  readonly 'exception.type': string;
  readonly 'exception.message': string;
  readonly 'exception.stacktrace'?: string;
};

const causesShown = 5;

export const errorAttributes = (error: unknown): ErrorAttributes => ({
  ...errorSummary(error),
  ...(error instanceof Error && error.stack !== undefined && { 'exception.stacktrace': error.stack }),
});

/** Without the stack: that is made when it is first read, and costs more than all the rest of a span. */
export const errorSummary = (error: unknown): Omit<ErrorAttributes, 'exception.stacktrace'> =>
  error instanceof Error
    ? { 'exception.type': errorType(error), 'exception.message': messages(error).join(': ') }
    : { 'exception.type': typeof error, 'exception.message': String(error) };

/** A code says more than a class: `ECONNREFUSED`, an SQLSTATE, `FL_…`. */
const errorType = (error: Error) => ('code' in error && typeof error.code === 'string' && error.code !== '' ? error.code : error.name);

const messages = (error: Error) => {
  const found: string[] = [];
  for (
    let cause: unknown = error;
    cause !== undefined && found.length < causesShown;
    cause = cause instanceof Error ? cause.cause : undefined
  ) {
    found.push(messageOf(cause));
  }
  return found;
};
