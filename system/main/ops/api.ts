// The query process as `npm run ops` speaks to it: over HTTP, as any client would.
import { messageOf } from '../../contract/message-of.ts';
import { retryAfterMs } from '../../contract/retry-after.ts';
import { OpsError } from './ops-error.ts';
import type { OpsSurroundings } from './surroundings.ts';

export type Parameters = Readonly<Record<string, string | number | undefined>>;

export type Api = {
  /** Rejects with an OpsError that says what to do. */
  get<Answer>(path: string, parameters?: Parameters): Promise<Answer>;
  /** The same as the text that was answered, for what JSON.parse would change: numbers of many digits, the order of keys. */
  text(path: string, parameters?: Parameters): Promise<string>;
  /** Sent again where the answer did not come: give it an id of its own. */
  post<Answer>(path: string, body: unknown, pace?: Pace): Promise<Answer>;
  /** Bytes of a file, for which it waits longer, and which it sends again for longer: the process may just be starting anew. */
  send<Answer>(path: string, parameters: Parameters, content: Content): Promise<Answer>;
};

/** `slow`: for what may read the whole log before it answers. */
export type Pace = 'brief' | 'slow';
export type Content = {
  readonly type: string;
  readonly body: Buffer;
  /** Told before each wait for a quota, which lasts for as long as the answers say. */
  readonly onQuota?: () => void;
};

/** `attempts`: what fails that often is given up. */
type Patience = { readonly timeoutMs: number; readonly attempts: number };
const brief: Patience = { timeoutMs: 15_000, attempts: 4 };
const slow: Patience = { timeoutMs: 120_000, attempts: 4 };
const long: Patience = { timeoutMs: 60_000, attempts: 20 };
const longestWaitMs = 4000;

type ErrorAnswer = { readonly error?: { readonly code: string; readonly message: string; readonly details?: unknown } };

type Times = Pick<OpsSurroundings, 'clock' | 'sleep'>;

/** `key`: the API key; null: none. */
export const createApi = (base: string, key: string | null, times: Times): Api => {
  const headers = key === null ? {} : { authorization: `Bearer ${key}` };
  const ask = createAsk(times);
  return {
    get: async <Answer>(path: string, parameters: Parameters = {}) => (await ask<Answer>(urlOf(base, path, parameters), { headers })).value,
    text: async (path, parameters = {}) => (await ask(urlOf(base, path, parameters), { headers })).text,
    post: async <Answer>(path: string, body: unknown, pace: Pace = 'brief') => {
      const request = { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body) };
      return (await ask<Answer>(urlOf(base, path, {}), request, pace === 'slow' ? slow : brief)).value;
    },
    send: async <Answer>(path: string, parameters: Parameters, { type, body, onQuota }: Content) => {
      const request = { method: 'POST', headers: { ...headers, 'content-type': type }, body: new Uint8Array(body) };
      return (await ask<Answer>(urlOf(base, path, parameters), request, long, onQuota)).value;
    },
  };
};

const urlOf = (base: string, path: string, parameters: Parameters): URL => {
  const url = new URL(path, base);
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) url.searchParams.set(name, String(value));
  return url;
};

const createAsk =
  ({ clock, sleep }: Times) =>
  async <Answer>(
    url: URL,
    request: RequestInit,
    { timeoutMs, attempts }: Patience = brief,
    onQuota = () => {},
  ): Promise<Answered<Answer>> => {
    let mayBeAsked = false;
    for (let attempt = 1; ;) {
      const answer = await once<Answer>(url, request, timeoutMs);
      if ('value' in answer) return answer;
      mayBeAsked ||= request.method === 'POST' && answer.mayHaveArrived === true;
      // A refusal is that of the request, whichever time it arrived.
      if (!answer.mayPass) throw failureOf(answer, false);
      const askedMs = retryAfterMs(answer.retryAfter ?? null, clock.nowMs());
      // Who is told when to come back has not failed. A server that says so without a time to wait would be asked without end.
      if (answer.code === 'quota_exceeded' && askedMs !== null && askedMs > 0) {
        onQuota();
        await sleep(askedMs);
        continue;
      }
      if (attempt === attempts) throw failureOf(answer, mayBeAsked);
      await sleep(askedMs ?? Math.min(250 * 2 ** attempt, longestWaitMs));
      attempt += 1;
    }
  };

const failureOf = ({ message, cause, details, code = null }: Failed, mayBeAsked: boolean) =>
  new OpsError(mayBeAsked ? `${message} It may have been asked for all the same: look before you ask again.` : message, {
    cause,
    details,
    code,
    mayBeAsked,
  });

type Answered<Answer> = { readonly value: Answer; readonly text: string };
type Once<Answer> = Answered<Answer> | Failed;

type Failed = {
  readonly message: string;
  readonly mayPass: boolean;
  /** It broke off where the request may have been read. */
  readonly mayHaveArrived?: boolean;
  /** Of a quota, as the server gave it; null: there is none. */
  readonly retryAfter?: string | null;
  readonly cause?: unknown;
  readonly details?: unknown;
  readonly code?: string | null;
};

const once = async <Answer>(url: URL, request: RequestInit, timeoutMs: number): Promise<Once<Answer>> => {
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, { ...request, signal: AbortSignal.timeout(timeoutMs) });
    // A connection may break in the middle of an answer too.
    text = await response.text();
  } catch (cause) {
    return { message: unreachable(url, cause), mayPass: true, mayHaveArrived: !notConnected.test(codeOf(cause)), cause };
  }
  const value = parse(text);
  if (value === undefined)
    return { message: `${url.origin} is no query process of faultline: it answered ${response.status} and no JSON.`, mayPass: false };
  if (response.ok) return { value: value as Answer, text };
  const { error } = value as ErrorAnswer;
  return {
    message: error === undefined ? `${url.origin} answered ${response.status}.` : `${error.message} (${error.code})${hintOf(error.code)}`,
    mayPass: response.status === 503 || error?.code === 'quota_exceeded',
    retryAfter: response.status === 429 ? response.headers.get('retry-after') : null,
    details: error?.details,
    code: error?.code ?? null,
  };
};

/** Before a connection, or instead of one. */
const notConnected = /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$|CERT|VERIFY|SSL|TLS/;

const codeOf = (cause: unknown): string => {
  const { code = '' } = (((cause as Error).cause as Error | undefined) ?? cause) as NodeJS.ErrnoException;
  return String(code);
};

/** What to do about it: of TLS, who is to be trusted, or that it is spoken at all. */
export const unreachable = (url: URL, cause: unknown): string => {
  const code = codeOf(cause);
  const next = /CERT|VERIFY/.test(code)
    ? 'Name the file of its certificate in NODE_EXTRA_CA_CERTS'
    : /^(?:UND_ERR_SOCKET|ECONNRESET|HPE_INVALID_CONSTANT)$/.test(code) && url.protocol === 'http:'
      ? 'Where it speaks HTTPS, say so: --url https://…'
      : 'Start it (npm start), or give its address with --url';
  return `The query process does not answer at ${url.origin}: ${reasonOf(cause)}. ${next}.`;
};

/** An API key stands in the environment: what stands on a command line is in the shell's history and in the list of processes. */
const hintOf = (code: string): string =>
  code === 'unauthenticated' ? ' Set FAULTLINE_API_KEY to one with the scopes read and operate (npm run ops -- keys create).' : '';

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const reasonOf = (error: unknown): string => {
  const { cause } = error as { cause?: unknown };
  const reason = cause instanceof AggregateError ? cause.errors[0] : (cause ?? error);
  return messageOf(reason);
};
