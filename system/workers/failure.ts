// Why an event could not be applied: a closed list of reasons, and a message that is safe to store and to show.

export const failureCodes = [
  'handler_threw',
  'handler_timeout',
  'handler_crashed',
  'handler_crashed_process',
  'data_refused',
  'sequence_conflict',
  'sequence_mixed',
  'schema_invalid',
  'schema_unknown',
  'schema_no_cast',
] as const;

export type FailureCode = (typeof failureCodes)[number];

export type Failure = { readonly code: FailureCode; readonly message: string; readonly errorType: string | null };

/** Another attempt can't change these: the key goes straight to the dead letters. */
const finalCodes: ReadonlySet<FailureCode> = new Set([
  'handler_crashed_process',
  'sequence_conflict',
  'sequence_mixed',
  'schema_invalid',
  'schema_unknown',
  'schema_no_cast',
]);
export const isFinal = ({ code }: Failure): boolean => finalCodes.has(code);

/** Its number is not its own to pass: another event of the key has it, or the key has none. */
export const isMisnumbered = ({ code }: Failure): boolean => code === 'sequence_conflict' || code === 'sequence_mixed';

const longestMessage = 500;

/** What was thrown, bounded, and without the NUL that PostgreSQL can't store. Anything may be thrown, also by getters of what is thrown. */
export const describeFailure = (code: FailureCode, thrown: unknown): Failure => {
  const { message, errorType } = inspect(thrown);
  return { code, message: storable(message), errorType: errorType === null ? null : storable(errorType) };
};

const inspect = (thrown: unknown): { message: string; errorType: string | null } => {
  try {
    if (thrown instanceof Error) return { message: String(thrown.message), errorType: codeOrName(thrown) };
    return { message: String(thrown), errorType: typeof thrown };
  } catch {
    return { message: 'what was thrown can not be read', errorType: null };
  }
};

const codeOrName = (error: Error): string => {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && code !== '' ? code : String(error.name);
};

const storable = (text: string): string => {
  const clean = text.replaceAll('\u0000', '\u2400').toWellFormed();
  return clean.length > longestMessage ? `${clean.slice(0, longestMessage - 1)}…`.toWellFormed() : clean;
};

/** Thrown for an event that never reaches user code: its failure, with a reason of its own. */
export class EventFailure extends Error {
  readonly failure: Failure;

  constructor(code: FailureCode, message: string) {
    super(message);
    this.name = 'EventFailure';
    this.failure = { code, message: storable(message), errorType: null };
  }
}
