// One HTTP question to the telemetry stack, bounded in time; whatever goes wrong is a SignalError.
import { request } from 'undici';
import { explain } from '../engine/errors.ts';
import { SignalError } from './signal-error.ts';
import type { Backend } from './signal-error.ts';

export type Question = {
  readonly backend: Backend;
  readonly url: string;
  /** Sent as a form by POST, so that a long query fits. */
  readonly form?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  /** What gives access; never part of an error. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What it is called in an error; the URL by default. */
  readonly asked?: string;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
};

/** A base URL, and the headers that it takes to be let in. */
export type Endpoint = Pick<Question, 'url' | 'headers'>;

export type Answer = { readonly status: number; readonly body: unknown };

const defaultTimeoutMs = 10_000;

const payload = ({ form, json }: Question): { body: string; headers: Record<string, string> } | null => {
  if (form !== undefined) {
    return { body: new URLSearchParams(form).toString(), headers: { 'content-type': 'application/x-www-form-urlencoded' } };
  }
  return json === undefined ? null : { body: JSON.stringify(json), headers: { 'content-type': 'application/json' } };
};

const parse = (question: Question, asked: string, status: number, text: string): unknown => {
  if (text === '') return null;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new SignalError(question.backend, asked, status, `no JSON: ${text}`, { cause: error });
  }
};

/** Gives 2xx and 404 back; anything else, a time-out or a broken connection rejects with a SignalError. */
export const ask = async (question: Question): Promise<Answer> => {
  const { backend, url, timeoutMs = defaultTimeoutMs, asked = url, signal } = question;
  const timeout = AbortSignal.timeout(timeoutMs);
  const sent = payload(question);
  try {
    const response = await request(url, {
      method: sent === null ? 'GET' : 'POST',
      headers: { accept: 'application/json', ...sent?.headers, ...question.headers },
      body: sent?.body ?? null,
      signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
    });
    const text = await response.body.text();
    const status = response.statusCode;
    if (status === 404) return { status, body: null };
    if (status < 200 || status > 299) throw new SignalError(backend, asked, status, text);
    return { status, body: parse(question, asked, status, text) };
  } catch (error) {
    if (error instanceof SignalError) throw error;
    throw new SignalError(backend, asked, null, timeout.aborted ? `no answer within ${timeoutMs} ms` : explain(error), { cause: error });
  }
};
