// What can go wrong with the harness itself, as a closed list. None of these is a verdict: each ends with exit code 3 (130 for an interruption).
// docs/errors.md is held equal to this table by a test.

export const harnessErrors = {
  FL_USAGE: 'The command line is not understood; the message names what comes near.',
  FL_UNKNOWN_SCENARIO: 'No scenario has this name; the message names what comes near.',
  FL_SCENARIO_INVALID: 'A scenario file cannot be loaded, or contradicts itself; the message lists every place.',
  FL_FOLDER_NOT_WRITABLE: "A folder for runs, load runs, a comparison, a stack's state or temporary files cannot be used.",
  FL_DISK_FULL: 'Less than 1 GiB is free where the run would write.',
  FL_STACK_FAILED: 'The telemetry stack did not start, or ended while it was needed.',
  FL_DATABASE_FAILED: 'PostgreSQL did not start, or refused what the harness needs of it.',
  FL_TARGET_FAILED:
    'A process of the system under test did not become ready, did not start again after a fault, or was not taken down in order.',
  FL_TARGET_FILE:
    'The target file cannot be loaded or contradicts itself, its `start` gives back less than the file offers, or it is asked for what it does not offer; of several mistakes the message lists each with its place.',
  FL_DRIVER_FAILED: 'The driver of the traffic could not be started.',
  FL_REAPER_FAILED: 'The reaper, which cleans up if the harness is killed, could not be started.',
  FL_RUN_FOLDER: 'The folder is not a run, or a part of it is missing or damaged.',
  FL_FORMAT_VERSION: 'The folder was written in another format version than this harness reads.',
  FL_NETWORK_FAILED: 'The process of the network proxies did not start, or did not do what it was asked.',
  FL_INTERRUPTED: 'The run was interrupted; everything was taken down and the folder is kept.',
  FL_INTERNAL: 'A defect of the harness itself. Please report it with the run folder.',
} as const satisfies Record<string, string>;

export type HarnessErrorCode = keyof typeof harnessErrors;

/** The message says what was wrong, with which value, where, and what to do. Never retryable: the harness does not run a run twice. */
export class HarnessError extends Error {
  readonly code: HarnessErrorCode;
  readonly retryable = false;
  readonly outcome = 'definite';

  constructor(code: HarnessErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'HarnessError';
    this.code = code;
  }
}

/** An error as one line for a reader: the message and its causes, no stack. */
export const explain = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  if (isSuppressed(error)) return `${explain(error.suppressed)}; then ${explain(error.error)}`;
  const text = error.message === '' ? error.name : error.message;
  return error.cause === undefined ? text : `${text} (${explain(error.cause)})`;
};

/** What `using` makes of an error on the way down that came after another; told by its shape, for what is compiled has one of its own. */
const isSuppressed = (error: Error): error is SuppressedError =>
  error.name === 'SuppressedError' && 'suppressed' in error && 'error' in error;

/** Any error as a HarnessError: what is none yet gets the given code, with the first as its cause. */
export const asHarnessError = (error: unknown, code: HarnessErrorCode = 'FL_INTERNAL', doing = ''): HarnessError =>
  error instanceof HarnessError
    ? error
    : new HarnessError(code, doing === '' ? explain(error) : `${doing}: ${explain(error)}`, { cause: error });
