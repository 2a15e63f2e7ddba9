// What an answer, or the lack of one, says of what was stored: ok, failed (definitely not) or unknown.
import type { OperationOutcome } from '../history/operation.ts';
import { unreadableCode } from './dialect.ts';

export type Answer = { readonly status: number; readonly code: string | null };

/** A success that the client can't read acknowledges nothing: it may have been stored. */
export const outcomeOfAnswer = ({ status, code }: Answer, definiteRefusals: readonly string[]): OperationOutcome => {
  if (status >= 200 && status < 300) return code === unreadableCode ? 'unknown' : 'ok';
  if (status >= 400 && status < 500) return 'failed';
  if (status === 503 && code !== null && definiteRefusals.includes(code)) return 'failed';
  return 'unknown';
};

/** An error of the client's: as long as nothing was written, nothing can have been stored. */
export const outcomeOfError = (anythingSent: boolean): OperationOutcome => (anythingSent ? 'unknown' : 'failed');

/** A stable name for what the client met. */
export const codeOfError = (error: unknown): string => {
  const code = (error as { code?: unknown } | null)?.code;
  switch (code) {
    case 'FAULTLINE_TIMEOUT':
      return 'client_timeout';
    case 'FAULTLINE_ELEMENT_MISSING':
      return 'client_element_missing';
    case 'UND_ERR_CONNECT_TIMEOUT':
      return 'client_connect_timeout';
    case 'ECONNREFUSED':
      return 'client_connection_refused';
    case 'ECONNRESET':
    case 'EPIPE':
    case 'UND_ERR_SOCKET':
      return 'client_connection_reset';
    default:
      return typeof code === 'string' ? `client_${code.toLowerCase()}` : 'client_error';
  }
};
