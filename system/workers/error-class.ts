// Whose fault an error is. Only the data's fault may park an event; everything else waits and tries again.

/** data: this event can't be stored. infrastructure: try later. defect: ours or the schema's; try later too, and say it loudly. */
export type ErrorClass = 'data' | 'infrastructure' | 'defect';

/** Appendix A of PostgreSQL's manual: a class is the first two characters. Node's own codes (EPIPE) look alike but never begin like these. */
const sqlState = /^(?:[0-9][0-9A-Z]|F0|HV|P0|XX)[0-9A-Z]{3}$/;

/** 22 data exception, 23 integrity constraint, 54 program limit exceeded (an index row too large, nesting too deep): the same row fails again. */
const dataClasses = new Set(['22', '23', '54']);
/** 08 connection, 25 transaction state (25P03: idle in transaction), 40 rollback, 53 resources, 57 operator, 58 system; 28, 3D: a server that is not ready for us. */
const infrastructureClasses = new Set(['08', '25', '28', '3D', '40', '53', '57', '58']);
/** Of class 55 what others are at: object_in_use, lock_not_available. Whatever else it has (55000: currval before nextval) is the statement's own failure. */
const infrastructureStates = new Set(['55006', '55P03']);
/** A server that is about to run out of transaction ids refuses every write with 54000 too; where in PostgreSQL's source it came up, in no language, tells it apart. */
const noMoreWrites = new Set(['GetNewTransactionId', 'GetNewMultiXactId']);

const nodeCodes = /^(?:E[A-Z]{3,}|ERR_SOCKET|UND_ERR)/;
/** What the driver says without any code when a connection goes away under it. */
const lostConnection =
  /connection (?:terminated|ended|timeout|closed)|client was closed|not queryable|timeout (?:exceeded|expired)|read timeout/i;

export const sqlStateOf = (error: unknown): string | null => {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && sqlState.test(code) ? code : null;
};

export const classifyError = (error: unknown): ErrorClass => {
  const state = sqlStateOf(error);
  if (state === '54000' && noMoreWrites.has(String((error as { routine?: unknown }).routine))) return 'infrastructure';
  if (state !== null) return classifyState(state);
  return isConnectionLoss(error) ? 'infrastructure' : 'defect';
};

const classifyState = (state: string): ErrorClass => {
  const stateClass = state.slice(0, 2);
  if (dataClasses.has(stateClass)) return 'data';
  return infrastructureClasses.has(stateClass) || infrastructureStates.has(state) ? 'infrastructure' : 'defect';
};

/** True where the connection itself is gone, so that a new one may succeed at once. */
export const isConnectionLoss = (error: unknown): boolean => {
  const state = sqlStateOf(error);
  if (state !== null) return state.startsWith('08') || state === '25P03' || state === '57P01' || state === '57P02' || state === '57P05';
  if (error instanceof AggregateError) return error.errors.some(isConnectionLoss);
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  return (typeof code === 'string' && nodeCodes.test(code)) || (typeof message === 'string' && lostConnection.test(message));
};

/** query_canceled: a statement took longer than it may. */
export const isTimeout = (error: unknown): boolean => sqlStateOf(error) === '57014';

/** What an `error.type` can be where there is no SQLSTATE. */
export const otherErrorTypes = ['connection', 'defect', 'thread_ended'] as const;

/** The `error.type` of a failure that is not the event's: the class of its SQLSTATE, or what happened. */
export const errorTypeOf = (error: unknown): string => {
  const state = sqlStateOf(error);
  if (state !== null) return `sqlstate_${state.slice(0, 2)}`;
  return isConnectionLoss(error) ? 'connection' : 'defect';
};
