// The words of recovery that processes, the query API and its clients share.

export const recoveryActions = ['replay', 'discard', 'fix', 'unfix', 'rehearse'] as const;
export type RecoveryAction = (typeof recoveryActions)[number];

/**
 * What became of one dead letter of a job. replayed: it and what waited behind it left the park. failed_again: a dead letter again. unchanged: no rule of the fix
 * did anything. rehearsed: said what would happen, changed nothing. gone: it was no dead letter any more, or its version is
 * retired, and was left alone.
 */
export const recoveryOutcomes = ['replayed', 'failed_again', 'discarded', 'fixed', 'unchanged', 'rehearsed', 'gone'] as const;
export type RecoveryOutcome = (typeof recoveryOutcomes)[number];

/** Where on its way an event failed: by its schema, by its place in the order of its key, in the handler, or when its effects were written. */
export type FailureStage = 'schema' | 'order' | 'handle' | 'apply';

export const stageOf = (reasonCode: string | null): FailureStage | null => {
  if (reasonCode === null) return null;
  if (reasonCode.startsWith('schema_')) return 'schema';
  if (reasonCode.startsWith('sequence_')) return 'order';
  return reasonCode.startsWith('handler_') ? 'handle' : 'apply';
};

/** Of the W3C context that the event came with; null: its request was not sampled. */
export const traceIdOf = (traceparent: string | null): string | null => /^[\da-f]{2}-([\da-f]{32})-/.exec(traceparent ?? '')?.[1] ?? null;

export type JsonType = 'string' | 'number' | 'boolean' | 'null' | 'object' | 'array';

/** One rule of a fix that did something: where, and between which types; never a value. */
export type FixChange = {
  readonly rule: number;
  readonly op: 'replace' | 'remove' | 'cast';
  readonly path: string;
  /** null: there was nothing, there is nothing. */
  readonly from: JsonType | null;
  readonly to: JsonType | null;
};

/** What one event of a rehearsed key would become. No payload. */
export type RehearsedEvent = {
  readonly position: number;
  readonly id: number;
  readonly would: 'be_applied' | 'be_ignored' | 'be_skipped' | 'wait_for_its_predecessor' | 'wait_behind' | 'fail';
  /** With `fail`. */
  readonly reason?: { readonly code: string; readonly message: string };
  /** What the fix would do to it, where one was given. */
  readonly fix?: 'changed' | 'unchanged' | 'refused';
  readonly changes?: readonly FixChange[];
  /** Why the fix was refused: the rule's number, its place, and what is there. */
  readonly refused?: { readonly rule: number; readonly path: string; readonly why: string };
};
