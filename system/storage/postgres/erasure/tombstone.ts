// What is left of an event's row, in the log and in its copies.
import { erasedBody, erasedName } from '../../../contract/erased.ts';

/** For `update … set`: its place, key, number, id and time of receipt stay, for positions have no gaps and later events of the key need the number. */
export const toTombstone = `body = '${erasedBody}', event_name = '${erasedName}', idempotency_key = null, traceparent = null,
  event_time = received_at, event_time_source = 'receipt'`;

/** The same of a parked one: nothing is known of it any more but its place. */
export const asUntried = `${toTombstone}, attempts = 0, reason_code = null, reason_message = null, error_type = null, worker = null, first_failed_at = null, last_failed_at = null`;

export const withoutFix = 'fixed_body = null, fixed_at = null, fixed_by = null';

export const holdsData = `body <> '${erasedBody}'`;
