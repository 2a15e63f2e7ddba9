// One request on one connection, down to what the history says of it. Built on undici's dispatch, which costs a third of its fetch.
import type { Client, Dispatcher } from 'undici';
import type { Reply } from '../reply.ts';

export type Sent = {
  /** Gives up waiting: the request ends with an error of code FAULTLINE_TIMEOUT, at once where nothing was sent yet. */
  expire(): void;
};

/** An answer of the contract is short. */
const usuallyKeptBytes = 65_536;

/**
 * `done` is called exactly once, `released` exactly once and not before the connection can be used again.
 * `keptBytes`: so much of the answer's body is read into memory; what comes after it is dropped.
 */
export const send = (
  client: Client,
  request: { path: string; headers: string[]; body: Buffer },
  done: (reply: Reply) => void,
  released: () => void,
  keptBytes = usuallyKeptBytes,
): Sent => {
  let controller: Dispatcher.DispatchController | null = null;
  let expired = false;
  let settled = false;
  let answer = { status: 0, retryAfter: null as string | null };
  const chunks: Buffer[] = [];
  const settle = (reply: Reply): void => {
    if (settled) return;
    settled = true;
    try {
      done(reply);
    } catch (error) {
      crash(error);
    }
  };
  client.dispatch(
    { method: 'POST', ...request },
    {
      onRequestStart: (started) => {
        if (expired) return started.abort(timedOut());
        controller = started;
      },
      onResponseStart: (_controller, status, headers) => {
        if (status >= 200) answer = { status, retryAfter: textOf(headers['retry-after']) };
      },
      onResponseData: (_controller, chunk) => {
        if (chunks.reduce((sum, { length }) => sum + length, 0) < keptBytes) chunks.push(chunk);
      },
      onResponseEnd: () => {
        settle({ kind: 'answer', ...answer, body: Buffer.concat(chunks).toString('utf8') });
        released();
      },
      onResponseError: (_controller, error) => {
        settle({ kind: 'error', error, anythingSent: controller !== null });
        // undici is in the middle of clearing the connection's queue, and asserts that it is empty then.
        queueMicrotask(released);
      },
    },
  );
  return {
    expire: () => {
      expired = true;
      if (controller === null) settle({ kind: 'error', error: timedOut(), anythingSent: false });
      else controller.abort(timedOut());
    },
  };
};

/** undici would take what is thrown in its callbacks for an error of the connection's, and the operation would never end: a defect of ours ends the process instead. */
const crash = (error: unknown): void =>
  queueMicrotask(() => {
    throw error;
  });

const textOf = (header: string | string[] | undefined): string | null => (Array.isArray(header) ? (header[0] ?? null) : (header ?? null));

export const timedOut = (): Error => Object.assign(new Error('no answer within the time allowed'), { code: 'FAULTLINE_TIMEOUT' });
