// Why nothing was asked for: told in one line, exit 3. Where that is not certain it says so, and is exit 2.

export type OpsErrorOptions = {
  readonly cause?: unknown;
  readonly details?: unknown;
  readonly code?: string | null;
  readonly mayBeAsked?: boolean;
};

export class OpsError extends Error {
  /** What the API told beside its message. */
  readonly details: unknown;
  /** The API's own; null: it is not the API that refused. */
  readonly code: string | null;
  /** The request may have arrived: its answer alone did not come. */
  readonly mayBeAsked: boolean;

  constructor(message: string, options: OpsErrorOptions = {}) {
    super(message, options);
    this.mayBeAsked = options.mayBeAsked ?? false;
    this.details = options.details;
    this.code = options.code ?? null;
    this.name = 'OpsError';
  }
}
