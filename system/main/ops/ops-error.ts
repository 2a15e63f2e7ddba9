// Why nothing was asked for: told in one line, exit 3.

export class OpsError extends Error {
  /** What the API told beside its message. */
  readonly details: unknown;
  /** The API's own; null: it is not the API that refused. */
  readonly code: string | null;

  constructor(message: string, options: { readonly cause?: unknown; readonly details?: unknown; readonly code?: string | null } = {}) {
    super(message, options);
    this.details = options.details;
    this.code = options.code ?? null;
    this.name = 'OpsError';
  }
}
