// An answer other than 200, thrown by a handler: a stable code of the contract with what was wrong, where, and what to do.
import { type ErrorBody, type ErrorCodeName, errorCodes } from '../contract/error-codes.ts';

/** One thing that is wrong with a request. */
export type Problem = {
  readonly parameter: string;
  readonly message: string;
  /** Of a lane of a consumer: where it stands. */
  readonly lane?: number;
  readonly low_water?: number;
  readonly position?: number | null;
  readonly epoch?: number | null;
  readonly outcome?: string;
};

export type RequestProblemOptions = {
  readonly details?: readonly Problem[];
  readonly cause?: unknown;
  /** When it is worth coming back, where it is known. */
  readonly retryAfterSeconds?: number | undefined;
};

export class RequestProblem extends Error {
  readonly code: ErrorCodeName;
  readonly details: readonly Problem[] | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCodeName, message: string, options: RequestProblemOptions = {}) {
    super(message, { cause: options.cause });
    this.name = 'RequestProblem';
    this.code = code;
    this.details = options.details;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  get status(): number {
    return errorCodes[this.code].status;
  }

  get body(): ErrorBody {
    return { error: { code: this.code, message: this.message, ...(this.details && { details: this.details }) } };
  }
}

/** Many problems, one answer. */
export const invalidQuery = (details: readonly Problem[]) =>
  new RequestProblem('invalid_query', details.map(({ parameter, message }) => `${parameter}: ${message}`).join(' '), { details });

export const notFound = (message: string) => new RequestProblem('not_found', message);
