// What a task that came to no report means: whose fault it was, told to telemetry, and the event to blame if there is one.
import type { Tenure } from './checkpoint.ts';
import type { TaskEnd } from './handler-thread.ts';
import type { WorkerTelemetry } from './telemetry.ts';
import type { KnownFailure } from './thread-protocol.ts';

/** Null: no event's fault; try the same again later. */
export const blame = (
  tenure: Tenure,
  end: Exclude<TaskEnd, { kind: 'report' }>,
  telemetry: Pick<WorkerTelemetry, 'interrupted' | 'handlerKilled'>,
): KnownFailure | null => {
  if (end.kind === 'error') {
    telemetry.interrupted(tenure, 'work interrupted, it is tried again', end.error.errorType, end.error.message);
    return null;
  }
  if (end.culprit === null) {
    telemetry.interrupted(tenure, 'handler thread ended outside of user code, its work is tried again', 'thread_ended', end.message);
    return null;
  }
  if (end.culprit.failure.code === 'handler_timeout') telemetry.handlerKilled(tenure, end.culprit.position);
  return end.culprit;
};
