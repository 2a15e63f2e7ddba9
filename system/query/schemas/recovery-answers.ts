// What the query API answers on jobs of recovery, and on their audit.
import { Type } from 'typebox';
import { recoveryActions, recoveryOutcomes } from '../../contract/recovery.ts';
import { count, keyOf, nextCursor, nullable, strict, time } from './words.ts';

const action = Type.Enum([...recoveryActions]);
const outcome = Type.Enum([...recoveryOutcomes]);

export const acceptedJobAnswer = strict({
  job: count(),
  known: Type.Boolean({ description: 'The same request came before: this is its job.' }),
  commands: count('Dead letters that it takes.'),
  already_asked: count('Dead letters of the selection that wait for the same of an earlier job.'),
});

export const jobAnswer = strict({
  job: count(),
  action,
  selection: Type.Unsafe<unknown>({ type: 'object' }),
  fix: Type.Unsafe<unknown>({ type: ['array', 'null'] }),
  rate_per_second: Type.Number(),
  requested_by: Type.String(),
  why: Type.String(),
  requested_at: time(),
  key_id: nullable(Type.String({ description: 'Of the API key with which it was asked for.' })),
  open: count('Commands that are not done.'),
  outcomes: Type.Record(Type.String(), count(), { description: 'Commands that are done, by what became of them.' }),
  events: count('Events that it changed so far.'),
  commands: Type.Array(
    strict({
      command: count(),
      ...keyOf,
      position: count(),
      event_id: count(),
      system_name: Type.String(),
      object_id: Type.String(),
      due_at: time(),
      started_at: nullable(time()),
      done_at: nullable(time()),
      outcome: nullable(outcome),
      events: count(),
      result: Type.Unsafe<unknown>({ type: ['object', 'null'], description: 'Places, reasons and counts; never a payload.' }),
    }),
  ),
  next_cursor: nextCursor,
});

export const auditAnswer = strict({
  entries: Type.Array(
    strict({
      entry: count(),
      at: time(),
      job: count(),
      action,
      outcome,
      requested_by: Type.String(),
      why: Type.String(),
      requested_at: time(),
      key_id: nullable(Type.String({ description: 'Of the API key with which it was asked for.' })),
      done_by: Type.String(),
      ...keyOf,
      position: count(),
      event_id: count(),
      system_name: Type.String(),
      object_id: Type.String(),
      events: count(),
      reason_code: nullable(Type.String()),
      attempts: nullable(count()),
      body_sha256: nullable(Type.String()),
    }),
    { description: 'Newest first.' },
  ),
  next_cursor: nextCursor,
});
