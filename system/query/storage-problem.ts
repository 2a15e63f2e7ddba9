// What a failed statement means to the client: the database's trouble is 503 and says to come again; anything else is a defect of ours.
import { RequestProblem } from './request-problem.ts';

export const storageProblem = (error: unknown): unknown => {
  const message = storageMessage(error);
  return message === null ? error : new RequestProblem('storage_unavailable', message, { cause: error });
};

const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  'EAI_AGAIN',
]);

// pg gives these without a code.
const lostConnection =
  /timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error|Query read timeout/;

const storageMessage = (error: unknown): string | null => {
  if (!(error instanceof Error)) return null;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (code === '57014') return 'The query took longer than it may. Narrow the filters, or ask for a smaller page.';
  if (code === '42P01') return 'The database lacks a migration of this version. Start an ingest or worker process, which applies it.';
  // 08 connection, 53 resources, 57 operator's intervention, 58 system error; 25006 and 40 pass with time.
  if (/^(?:08|40|53|57|58)/.test(code) || networkCodes.has(code) || lostConnection.test(error.message)) {
    return 'The database could not be reached or could not answer. Try again in a moment.';
  }
  return null;
};
