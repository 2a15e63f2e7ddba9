// Reads what the system answered. What is not of the contract is not believed: its events count as unanswered, and are sent again.
import { type ErrorCodeName, errorCodes } from '../contract/error-codes.ts';
import type { Accepted } from '../contract/event.ts';
import type { Entry } from './entry.ts';
import { type Failure, ownFailure } from './producer-error.ts';

export type ItemOutcome =
  | { readonly kind: 'accepted'; readonly answer: Accepted }
  | { readonly kind: 'refused'; readonly failure: Failure };

/** The items of a 200, one for each event; a Failure where it can not be read as that. */
export const readAnswer = (text: string, entries: readonly Entry[]): readonly ItemOutcome[] | Failure => {
  const results = field(parse(text), 'results');
  if (!Array.isArray(results) || results.length !== entries.length) return unreadable(200, text);
  const items: ItemOutcome[] = [];
  for (const [index, entry] of entries.entries()) {
    const item = readItem(results[index], entry);
    if (item === null) return unreadable(200, text);
    items.push(item);
  }
  return items;
};

const readItem = (item: unknown, { idempotencyKey }: Entry): ItemOutcome | null => {
  const status = field(item, 'status');
  if (typeof status !== 'number') return null;
  if (status === 200) return isAccepted(item, idempotencyKey) ? { kind: 'accepted', answer: answerOf(item) } : null;
  const error = field(item, 'error');
  return isError(error) ? { kind: 'refused', failure: refusal(status, error) } : null;
};

/** An answer to another event is none to this one. */
const isAccepted = (item: unknown, idempotencyKey: string | null): item is Accepted =>
  Number.isSafeInteger(field(item, 'id')) && field(item, 'idempotency_key') === idempotencyKey;

const answerOf = ({ id, duplicate, event_time_source, idempotency_key, schema }: Accepted): Accepted => ({
  id,
  duplicate,
  event_time_source,
  idempotency_key,
  ...(schema !== undefined && { schema }),
});

/** What an answer other than 200 says of the whole request. */
export const readRefusal = (status: number, text: string): Failure => {
  const error = field(parse(text), 'error');
  if (isError(error)) return refusal(status, error);
  // Of a proxy in between.
  if (status === 413) return refusal(status, { code: 'payload_too_large', message: `The answer is 413: ${excerpt(text)}` });
  if (status >= 500 || isLater(status) || status < 300) return unreadable(status, text);
  return ownFailure('FL_CLIENT_WRONG_ADDRESS', `The answer is ${status} without a code: ${excerpt(text)} Check url.`, { status });
};

type ErrorPart = { readonly code: string; readonly message: string; readonly details?: unknown };

const isError = (error: unknown): error is ErrorPart =>
  typeof field(error, 'code') === 'string' && typeof field(error, 'message') === 'string';

const refusal = (status: number, { code, message, details }: ErrorPart): Failure => ({
  code,
  message,
  status,
  ...promiseOf(status, code),
  ...(details !== undefined && { details }),
});

/** Of a code that is newer than this client, the status tells the little that it can. */
const promiseOf = (status: number, code: string): Pick<Failure, 'outcome' | 'retryable'> => {
  if (Object.hasOwn(errorCodes, code)) {
    const { outcome, retryable } = errorCodes[code as ErrorCodeName];
    return { outcome, retryable };
  }
  return status >= 500 ? { outcome: 'indefinite', retryable: true } : { outcome: 'definite', retryable: isLater(status) };
};

/** Request Timeout, Too Early, Too Many Requests. */
const isLater = (status: number): boolean => status === 408 || status === 425 || status === 429;

const unreadable = (status: number, text: string): Failure =>
  ownFailure('FL_CLIENT_ANSWER_UNREADABLE', `The answer (${status}) is not of the contract: ${excerpt(text)}`, { status });

const excerpt = (text: string): string => (text.length > 200 ? `${text.slice(0, 200)}…` : text || 'it is empty.');

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: there is nothing in it to find.
    return null;
  }
};

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
