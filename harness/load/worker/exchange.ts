// One request of any method on one connection. The answer's body is read and let go: only its status counts here.
import type { Client, Dispatcher } from 'undici';

export type ExchangeEnd =
  | { readonly kind: 'answer'; readonly status: number; readonly retryAfter: string | null }
  | { readonly kind: 'error'; readonly error: Error };

export type Exchange = {
  /** Gives up: it ends with an error of code FAULTLINE_TIMEOUT. */
  expire(error: Error): void;
};

/** `origin`: the client's own; left out, undici works it out for every request. */
export type ExchangeRequest = {
  readonly origin: string;
  readonly method: string;
  readonly path: string;
  readonly headers: string[];
  readonly body: Buffer | null;
};

/** `done` and `released` are called exactly once each, `released` not before the connection can be used again. */
export const startExchange = (
  client: Client,
  request: ExchangeRequest,
  done: (end: ExchangeEnd) => void,
  released: () => void,
): Exchange => {
  let controller: Dispatcher.DispatchController | null = null;
  let expired: Error | null = null;
  let status = 0;
  let retryAfter: string | null = null;
  client.dispatch(request as Dispatcher.DispatchOptions, {
    onRequestStart: (started) => {
      if (expired !== null) return started.abort(expired);
      controller = started;
    },
    onResponseStart: (_controller, code, headers) => {
      if (code < 200) return;
      status = code;
      const header = headers['retry-after'];
      retryAfter = (Array.isArray(header) ? header[0] : header) ?? null;
    },
    onResponseData: () => {},
    onResponseEnd: () => {
      done({ kind: 'answer', status, retryAfter });
      released();
    },
    onResponseError: (_controller, error) => {
      done({ kind: 'error', error: expired ?? error });
      // undici is in the middle of clearing the connection's queue, and asserts that it is empty then.
      queueMicrotask(released);
    },
  });
  return {
    expire: (error) => {
      expired = error;
      controller?.abort(error);
    },
  };
};
