// Which errors of a start are the database's: whoever starts the process again, once it is back, gets further.
import { messageOf } from '../contract/message-of.ts';
import { isSystemError, SystemError } from '../contract/system-error.ts';
import { classifyError, isConnectionLoss, sqlStateOf } from '../workers/error-class.ts';

/** A database that is restarted in the middle of a start is nobody's defect. Any other error as it is. */
export const withDatabaseNamed = (error: unknown): unknown => {
  if (isSystemError(error) || !isTrouble(error)) return error;
  const message = `The database failed in the middle of the start: ${messageOf(error)}. Start again when it can be reached.`;
  return new SystemError('FL_DATABASE_UNREACHABLE', message, { cause: error });
};

const isTrouble = (error: unknown): boolean => {
  if (sqlStateOf(error) !== null) return classifyError(error) === 'infrastructure';
  return isConnectionLoss(error) && (!hasCode(error) || isOfConnection(error));
};

type NodeError = { readonly code?: unknown; readonly syscall?: unknown };

const hasCode = (error: unknown): boolean => (error as NodeError | null)?.code !== undefined;

/** Node's codes come from files and ports as well, but not these: only the database is connected to in a start. */
const isOfConnection = (error: unknown): boolean => {
  if (error instanceof AggregateError) return error.errors.every(isOfConnection);
  const { code, syscall } = error as NodeError;
  return syscall === 'connect' || code === 'ECONNRESET';
};
