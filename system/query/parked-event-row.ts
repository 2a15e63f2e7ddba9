// A row of the park as the JSON text of the contract, with the body spliced in as it came.
import { stageOf, traceIdOf } from '../contract/recovery.ts';

export type ParkedEventRow = {
  readonly processor: string;
  readonly version: number;
  readonly lane: number;
  readonly position: number;
  readonly id: number;
  readonly system_name: string;
  readonly object_id: string;
  readonly event_name: string;
  readonly sequence: number | null;
  readonly reason_code: string | null;
  readonly reason_message: string | null;
  readonly error_type: string | null;
  readonly attempts: number;
  readonly earlier_attempts: number;
  readonly replays: number;
  readonly received_at: string;
  readonly parked_at: string;
  readonly first_failed_at: string | null;
  readonly last_failed_at: string | null;
  readonly worker: string | null;
  readonly traceparent: string | null;
  readonly is_fixed: boolean;
  readonly waiting_behind: number;
  readonly body: string;
};

/** `more`: further members, as JSON text that begins with a comma. */
export const parkedEventJson = (row: ParkedEventRow, more = ''): string => {
  const { reason_code, reason_message, error_type } = row;
  const head = {
    processor: row.processor,
    version: row.version,
    lane: row.lane,
    position: row.position,
    id: row.id,
    system_name: row.system_name,
    object_id: row.object_id,
    event_name: row.event_name,
    sequence: row.sequence,
    reason: { code: reason_code, message: reason_message, error_type },
    stage: stageOf(reason_code),
    attempts: row.attempts,
    earlier_attempts: row.earlier_attempts,
    replays: row.replays,
    received_at: row.received_at,
    parked_at: row.parked_at,
    first_failed_at: row.first_failed_at,
    last_failed_at: row.last_failed_at,
    worker: row.worker,
    trace_id: traceIdOf(row.traceparent),
    is_fixed: row.is_fixed,
    waiting_behind: row.waiting_behind,
  };
  // The body is JSON: admission has parsed it.
  return `${JSON.stringify(head).slice(0, -1)},"body":${row.body}${more}}`;
};
