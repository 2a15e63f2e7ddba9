// The one error class of the system and its closed list of codes. An operating error is typed, says what to do, and keeps its cause;
// a programmer's error is an assertion and never one of these. docs/errors.md is held equal to this table by a test.
import type { Outcome } from './error-codes.ts';

export type SystemErrorCode = {
  /** definite: nothing was stored or changed. indefinite: it may have been; doing the same again is safe. */
  readonly outcome: Outcome;
  readonly retryable: boolean;
  readonly meaning: string;
};

const code = (outcome: Outcome, retryable: boolean, meaning: string): SystemErrorCode => ({ outcome, retryable, meaning });

export const systemErrorCodes = {
  // ── Start ──
  FL_SETTINGS_INVALID: code('definite', false, 'An environment variable is missing, malformed, out of range, or unknown; each is named.'),
  FL_TLS_INVALID: code(
    'definite',
    false,
    "The certificate or its key can't be read, is not what it should be, does not fit the other, or is out of date.",
  ),
  FL_PROCESSOR_INVALID: code(
    'definite',
    false,
    "A processor of a team's own can't be used: its file does not load, its definition has mistakes, or it is not what the database knows under its name and version.",
  ),
  FL_PROCESSOR_TABLES: code(
    'definite',
    false,
    "The tables of a team's own processor can't be made, or do not take its `erase`: none of them was made.",
  ),
  FL_PORT_TAKEN: code('definite', false, 'Another process listens on the port.'),
  FL_START_FAILED: code('definite', false, 'The process could not start for a reason that has no code of its own.'),

  // ── Database and schema ──
  FL_DATABASE_UNREACHABLE: code('definite', true, 'The database does not answer, or refuses the connection.'),
  FL_DATABASE_TOO_OLD: code('definite', false, 'The PostgreSQL server is older than the oldest that can work.'),
  FL_DATABASE_FORBIDDEN: code('definite', false, 'The role may not create or use our tables.'),
  FL_SCHEMA_MISSING: code('definite', false, 'Migrations are missing and FAULTLINE_MIGRATE is false.'),
  FL_SCHEMA_NEWER: code('definite', false, 'The database was migrated by a newer version of faultline.'),
  FL_SCHEMA_CHANGED: code('definite', false, 'A migration that was applied is not the one that this version holds.'),
  FL_SCHEMA_FOREIGN: code('definite', false, 'Tables with our names exist, but were not made by our migrations.'),

  // ── The PostgreSQL that npm brought ──
  FL_POSTGRES_PLATFORM: code('definite', false, 'No PostgreSQL binaries for this platform are installed.'),
  FL_POSTGRES_BINARIES: code('definite', false, 'The PostgreSQL binaries do not run, neither in place nor from a copy.'),
  FL_POSTGRES_ACCOUNT: code('definite', false, 'Root has no ordinary account to run PostgreSQL as.'),
  FL_POSTGRES_INITDB: code('definite', false, 'initdb could not make a cluster.'),
  FL_POSTGRES_FAILED: code(
    'definite',
    false,
    'PostgreSQL ended by itself, before or after it was ready, or not in order when it was stopped.',
  ),
  FL_DATA_UNREACHABLE: code('definite', false, "The data folder lies where PostgreSQL's account can't go."),
  FL_DATA_FORBIDDEN: code('definite', false, "The data folder can't be made, read or written."),
  FL_DATA_FOREIGN: code('definite', false, 'The folder holds something that is not a data folder of faultline.'),
  FL_DATA_VERSION: code('definite', false, 'The data folder was made by another PostgreSQL major or another format of faultline.'),
  FL_DATA_IN_USE: code('definite', false, 'Another process runs on the data folder, or is making it.'),
  FL_DISK_FULL: code('definite', false, 'Too little free space for the data folder.'),

  // ── Stream ──
  FL_STREAM_UNREACHABLE: code('definite', true, 'The stream could not be reached before anything was sent: nothing was stored.'),
  FL_STREAM_CONTENDED: code('definite', true, 'The database gave up a deadlock or a race (40P01, 40001, 23505): nothing was stored.'),
  FL_STREAM_COMMIT_UNKNOWN: code('indefinite', true, 'The connection was lost around a commit: it may have been stored.'),
  FL_STREAM_DATA_REFUSED: code('definite', false, "The database refused a value (SQLSTATE 22, 23): a defect of admission's checks."),
  FL_STREAM_FAILED: code(
    'definite',
    true,
    'The database could not append (disk full, out of memory, read only, cancelled): nothing was stored.',
  ),
} as const satisfies Record<string, SystemErrorCode>;

export type SystemErrorName = keyof typeof systemErrorCodes;

export class SystemError extends Error {
  readonly code: SystemErrorName;
  readonly outcome: Outcome;
  readonly retryable: boolean;
  /** Values for the log line; never a secret. */
  readonly details: Readonly<Record<string, unknown>>;

  /** `message` says what was wrong, with which value, where, and what to do. */
  constructor(code: SystemErrorName, message: string, options: { cause?: unknown; details?: Readonly<Record<string, unknown>> } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = 'SystemError';
    this.code = code;
    this.outcome = systemErrorCodes[code].outcome;
    this.retryable = systemErrorCodes[code].retryable;
    this.details = options.details ?? {};
  }
}

export const isSystemError = (value: unknown): value is SystemError => value instanceof SystemError;
