// Why a consumer could not go on: a code of the system, as it came, or one of its own.

export type ConsumerErrorOptions = {
  readonly status?: number;
  readonly details?: unknown;
  readonly cause?: unknown;
  readonly retryAfterMs?: number | null;
};

export class ConsumerError extends Error {
  override readonly name = 'ConsumerError';
  /**
   * Of system/contract/error-codes.ts; or `unreachable` (no answer), `unreadable` (an answer that is not of the contract), `options`, `iterating` (a second
   * iteration beside the first).
   */
  readonly code: string;
  readonly status: number | null;
  /** As the system gave them: of `position_gone` the low-water mark, of `checkpoint_refused` each lane. */
  readonly details: readonly Readonly<Record<string, unknown>>[];
  /** How long the answer asked to be left alone, five minutes at most; null: it did not say. */
  readonly retryAfterMs: number | null;

  constructor(code: string, message: string, options: ConsumerErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.status = options.status ?? null;
    this.retryAfterMs = options.retryAfterMs ?? null;
    this.details = Array.isArray(options.details) ? (options.details as readonly Readonly<Record<string, unknown>>[]) : [];
  }

  /** Another try may go through. */
  get isPassing(): boolean {
    return this.status === null || this.status >= 500 || this.status === 408 || this.status === 429;
  }
}

export const isConsumerError = (value: unknown): value is ConsumerError => value instanceof ConsumerError;
