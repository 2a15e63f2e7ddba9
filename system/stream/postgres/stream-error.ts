// What a failure of the database means for an append: was anything stored, and is it worth another try?
import { DatabaseError } from 'pg';
import { messageOf } from '../../contract/message-of.ts';
import { SystemError } from '../../contract/system-error.ts';

/** Deadlock, serialization, a race for a unique key, a lock not to be had in time: another try of the same batch goes through. */
const contended = new Set(['40P01', '40001', '23505', '55P03']);

/**
 * What ends the session, or may, can come after the commit and before its answer: lost connections, shutdowns and crashes, timeouts of sessions, and defects
 * of the server. With anything else the statement was rolled back.
 */
const endsSession = (sqlState: string): boolean => /^(?:08|57P0[1-5]$|25P0[34]$|XX)/.test(sqlState);

/** The severity is in the language of the server, the SQLSTATE is not; of the languages, many keep these words. */
const isFatal = ({ severity }: DatabaseError): boolean => severity === 'FATAL' || severity === 'PANIC';

/** For an error that came back after the statement was handed to a connection. */
export const classifyAppendError = (cause: unknown): SystemError => {
  if (!(cause instanceof DatabaseError)) return commitUnknown(cause);
  const sqlState = cause.code ?? '';
  const details = { sqlState };
  if (endsSession(sqlState) || isFatal(cause)) return commitUnknown(cause, details);
  if (contended.has(sqlState)) {
    return new SystemError('FL_STREAM_CONTENDED', `The database gave up a race (${sqlState}): ${cause.message}`, { cause, details });
  }
  if (/^2[23]/.test(sqlState)) {
    return new SystemError('FL_STREAM_DATA_REFUSED', `The database refused a value (${sqlState}): ${cause.message}`, { cause, details });
  }
  return new SystemError('FL_STREAM_FAILED', `The database could not append (${sqlState}): ${cause.message}`, { cause, details });
};

/** False: its severity is in words that may say anything. Whether the session has ended is then to be seen by the session. */
export const saysError = (error: unknown): boolean => error instanceof DatabaseError && error.severity === 'ERROR';

/** A check of a column has a name; that no partition takes the row has none. */
export const isMissingPartition = (error: unknown): boolean =>
  error instanceof DatabaseError && error.code === '23514' && error.table === 'log' && error.constraint === undefined;

export const commitUnknown = (cause: unknown, details: Readonly<Record<string, unknown>> = {}) =>
  new SystemError('FL_STREAM_COMMIT_UNKNOWN', `The connection was lost around a commit: ${messageOf(cause)}`, { cause, details });

/** Nothing was handed to a connection. */
export const unreachable = (cause: unknown) =>
  new SystemError('FL_STREAM_UNREACHABLE', `The stream's database can't be reached: ${messageOf(cause)}`, { cause });
