// Why nothing was asked for: told in one line, exit 3.

export class OpsError extends Error {
  constructor(message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.name = 'OpsError';
  }
}
