// How a request ended, whatever sent it: what history and retries are told.

export type Reply =
  | { readonly kind: 'answer'; readonly status: number; readonly body: string; readonly retryAfter: string | null }
  /** `error.code` says what the client met; `anythingSent`: something may have been stored. */
  | { readonly kind: 'error'; readonly error: Error; readonly anythingSent: boolean };
