// Why an event, or a whole request, was not accepted: a stable code of the contract, and words for the one who sent it.
import { errorCodes, type ErrorBody, type ErrorCodeName } from '../contract/error-codes.ts';

export type Refusal = {
  readonly kind: 'refused';
  readonly code: ErrorCodeName;
  readonly message: string;
  readonly details?: unknown;
  /** When it is worth coming back, where it is known. */
  readonly retryAfterSeconds?: number;
};

export const refuse = (code: ErrorCodeName, message: string, details?: unknown): Refusal =>
  details === undefined ? { kind: 'refused', code, message } : { kind: 'refused', code, message, details };

export const statusOf = ({ code }: Refusal): number => errorCodes[code].status;

export const errorBody = ({ code, message, details }: Refusal): ErrorBody => ({
  error: details === undefined ? { code, message } : { code, message, details },
});
