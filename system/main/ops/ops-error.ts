// Why nothing was asked for: told in one line, exit 3.

export class OpsError extends Error {
  /** What the API told beside its message. */
  readonly details: unknown;

  constructor(message: string, options: { readonly cause?: unknown; readonly details?: unknown } = {}) {
    super(message, options);
    this.details = options.details;
    this.name = 'OpsError';
  }
}
