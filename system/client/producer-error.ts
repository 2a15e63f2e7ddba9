// The one error class of the client and the closed list of its own codes; codes of the system (system/contract/error-codes.ts) come through as they are.
// docs/errors.md is held equal to this table by a test.
import type { ErrorCodeName, Outcome } from '../contract/error-codes.ts';

export type ProducerErrorCode = {
  /** by attempts: definite where no attempt may have stored the event, else indefinite. */
  readonly outcome: Outcome | 'by attempts';
  readonly retryable: boolean;
  readonly meaning: string;
};

const code = (outcome: ProducerErrorCode['outcome'], retryable: boolean, meaning: string): ProducerErrorCode => ({
  outcome,
  retryable,
  meaning,
});

export const producerErrorCodes = {
  FL_CLIENT_OPTIONS: code(
    'definite',
    false,
    'Options of `createProducer` are missing, malformed, out of range, or unknown; each is named.',
  ),
  FL_CLIENT_EVENT: code('definite', false, 'The event is no object, or can not be written as JSON: it was not sent.'),
  FL_CLIENT_EVENT_TOO_LARGE: code('definite', false, 'The event is larger than `maxBatchBytes`: it was not sent.'),
  FL_CLIENT_BUFFER_FULL: code('definite', true, 'The buffer is full, and so is the room for those who wait: it was not sent.'),
  FL_CLIENT_DROPPED: code('by attempts', true, 'A newer event took its place in the buffer (`drop-oldest`).'),
  FL_CLIENT_TIMED_OUT: code(
    'by attempts',
    true,
    'No answer within `deliveryTimeoutMs`, retries included; `cause` is what the last attempt met.',
  ),
  FL_CLIENT_ABORTED: code('by attempts', true, 'A signal was aborted before there was an answer.'),
  FL_CLIENT_CLOSED: code('by attempts', true, 'The producer was closed before there was an answer, or before it was sent.'),
  FL_CLIENT_UNREACHABLE: code('definite', true, 'No connection could be made: nothing was sent.'),
  FL_CLIENT_NO_ANSWER: code('indefinite', true, 'The connection was lost, or no answer came within `requestTimeoutMs`.'),
  FL_CLIENT_ANSWER_UNREADABLE: code('indefinite', true, 'An answer that is not of the contract, as from a proxy in between.'),
  FL_CLIENT_WRONG_ADDRESS: code('definite', false, 'A redirect, or a refusal without a code of the system: `url` leads elsewhere.'),
} as const satisfies Record<string, ProducerErrorCode>;

export type ProducerErrorName = keyof typeof producerErrorCodes;

/** What an attempt met. */
export type Failure = {
  /** Of the client, of the system, or of a system newer than this client. */
  readonly code: ProducerErrorName | ErrorCodeName | (string & {});
  readonly message: string;
  readonly outcome: Outcome;
  readonly retryable: boolean;
  /** Of the answer, or of the event's own place in it. Null: there was no answer. */
  readonly status: number | null;
  readonly details?: unknown;
  readonly cause?: unknown;
};

export type Attempted = { readonly idempotencyKey: string | null; readonly attempts: number };

/** Why an event has no acceptance. The event is not sent again by the client; `retryable` says whether the caller may, with the same `id`. */
export class ProducerError extends Error {
  readonly code: Failure['code'];
  /** definite: the event was not stored. indefinite: it may have been; sending it again with the same `id` is safe, and tells. */
  readonly outcome: Outcome;
  readonly retryable: boolean;
  readonly status: number | null;
  /** The event's `id`, its own or the one that the client gave it. Null: it had none that could be read. */
  readonly idempotencyKey: string | null;
  /** Requests that carried it. */
  readonly attempts: number;
  /** As the system gave them. */
  readonly details: unknown;

  constructor(failure: Failure, { idempotencyKey, attempts }: Attempted = { idempotencyKey: null, attempts: 0 }) {
    super(failure.message, failure.cause === undefined ? undefined : { cause: failure.cause });
    this.name = 'ProducerError';
    this.code = failure.code;
    this.outcome = failure.outcome;
    this.retryable = failure.retryable;
    this.status = failure.status;
    this.idempotencyKey = idempotencyKey;
    this.attempts = attempts;
    this.details = failure.details;
  }
}

export const isProducerError = (value: unknown): value is ProducerError => value instanceof ProducerError;

type Own = { readonly outcome?: Outcome; readonly status?: number | null; readonly cause?: unknown; readonly details?: unknown };

/** A failure of the client's own; `outcome` is asked for where the code leaves it to the attempts. */
export const ownFailure = (name: ProducerErrorName, message: string, { outcome, status = null, ...more }: Own = {}): Failure => {
  const known = producerErrorCodes[name];
  return {
    code: name,
    message,
    outcome: known.outcome === 'by attempts' ? (outcome ?? 'definite') : known.outcome,
    retryable: known.retryable,
    status,
    ...more,
  };
};
