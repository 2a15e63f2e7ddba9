// Asks a backend. What it says against a query is the error's message.
import { record, textOf } from '../../../../dashboards/frames/api-answer.ts';
import { createQueryPool } from '../logic/query-pool.ts';

const requestsAtOnce = 4;
const pool = createQueryPool(requestsAtOnce);

const messageOf = (body: string, status: number): string => {
  try {
    const { error, message } = record(JSON.parse(body));
    const said = textOf(error) || textOf(message);
    if (said !== '') return said;
  } catch {
    // Not JSON: Tempo and Loki answer in plain text.
  }
  return body.trim() === '' ? `the backend answered ${status}` : body.trim().slice(0, 2_000);
};

const askNow = async (url: string, signal: AbortSignal): Promise<unknown> => {
  const response = await fetch(url, { signal, headers: { accept: 'application/json' } });
  const body = await response.text();
  if (!response.ok) throw new Error(messageOf(body, response.status));
  return JSON.parse(body) as unknown;
};

/** A request that got no answer at all (the network changed, a connection was reset) is sent once more: it only reads. */
const askTwice = async (url: string, signal: AbortSignal): Promise<unknown> => {
  try {
    return await askNow(url, signal);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return askNow(url, signal);
  }
};

export const ask = (url: string, signal: AbortSignal): Promise<unknown> => pool.run(() => askTwice(url, signal), signal);

export const wasAborted = (error: unknown): boolean => error instanceof DOMException && error.name === 'AbortError';
