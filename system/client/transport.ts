// One request with its time limit: a batch goes out, what became of it comes back as a value. It never throws and never retries.
import { retryAfterMs } from '../contract/retry-after.ts';
import type { Entry } from './entry.ts';
import { type ItemOutcome, readAnswer, readRefusal } from './answer.ts';
import { type Failure, ownFailure } from './producer-error.ts';
import type { Stop } from './stop.ts';
import type { Timing } from './timing.ts';
import { untraced } from './trace-context.ts';

type FetchInit = {
  readonly method: 'POST';
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly redirect: 'manual';
  readonly signal: AbortSignal;
};

type FetchAnswer = { readonly status: number; readonly headers: { get(name: string): string | null }; text(): Promise<string> };

/** What is used of `fetch`: the platform's is one, and undici's with a dispatcher of one's own. */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchAnswer>;

export type BatchOutcome =
  /** One for each event, in order. */
  | { readonly kind: 'answered'; readonly items: readonly ItemOutcome[] }
  /** The same for all of them. */
  | { readonly kind: 'failed'; readonly failure: Failure; readonly retryAfterMs: number | null };

/** Stopping ends the request; what became of it is then unknown. */
export type Post = (entries: readonly Entry[], stop: Stop) => Promise<BatchOutcome>;

export type TransportOptions = {
  readonly endpoint: string;
  readonly apiKey: string | null;
  readonly requestTimeoutMs: number;
  readonly fetch: Fetch;
  readonly timing: Timing;
};

export const createPost = (options: TransportOptions): Post => {
  const { endpoint, requestTimeoutMs, fetch, timing } = options;
  return async (entries, { onStop }) => {
    const limit = new AbortController();
    let isLate = false;
    const cancel = timing.after(requestTimeoutMs, () => {
      isLate = true;
      limit.abort();
    });
    const forget = onStop(() => limit.abort());
    try {
      const init = { method: 'POST', headers: headersOf(entries, options), body: bodyOf(entries), redirect: 'manual' } as const;
      const answer = await untraced(() => fetch(endpoint, { ...init, signal: limit.signal }));
      return read(answer, await answer.text(), entries, timing);
    } catch (error) {
      return failed(isLate ? tookTooLong(requestTimeoutMs, error) : readThrown(error));
    } finally {
      cancel();
      forget();
    }
  };
};

const failed = (failure: Failure, afterMs: number | null = null): BatchOutcome => ({ kind: 'failed', failure, retryAfterMs: afterMs });

const headersOf = (entries: readonly Entry[], { apiKey }: TransportOptions): Record<string, string> => {
  const trace = entries[0]?.trace;
  return {
    // A line an event: cheaper to cut than an array.
    'content-type': 'application/x-ndjson',
    accept: 'application/json',
    'user-agent': 'faultline-client',
    ...(apiKey !== null && { authorization: `Bearer ${apiKey}` }),
    ...(trace && { traceparent: trace.traceparent }),
    ...(trace?.tracestate && { tracestate: trace.tracestate }),
  };
};

/** JSON has no line feed of its own. */
const bodyOf = (entries: readonly Entry[]): string => `${entries.map(({ body }) => body).join('\n')}\n`;

const read = ({ status, headers }: FetchAnswer, text: string, entries: readonly Entry[], timing: Timing): BatchOutcome => {
  if (status !== 200) return failed(readRefusal(status, text), retryAfterMs(headers.get('retry-after'), timing.dateMs()));
  const items = readAnswer(text, entries);
  return 'code' in items ? failed(items) : { kind: 'answered', items };
};

const tookTooLong = (requestTimeoutMs: number, cause: unknown): Failure =>
  ownFailure('FL_CLIENT_NO_ANSWER', `No answer within ${requestTimeoutMs} ms: the events may have been stored.`, { cause });

/** There was no connection when one of these came, so nothing of the request can have arrived. Anything else leaves it open. */
const beforeAnythingWasSent = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** fetch throws a TypeError whose cause says what happened; of several addresses, an AggregateError with the same code. */
const readThrown = (error: unknown): Failure => {
  const cause = (error as { cause?: unknown }).cause ?? error;
  const code = (cause as { code?: unknown }).code;
  const what = cause instanceof Error ? cause.message || String(code) : String(cause);
  return typeof code === 'string' && beforeAnythingWasSent.has(code)
    ? ownFailure('FL_CLIENT_UNREACHABLE', `No connection: ${what}. Nothing was sent.`, { cause })
    : ownFailure('FL_CLIENT_NO_ANSWER', `The connection was lost: ${what}. The events may have been stored.`, { cause });
};
