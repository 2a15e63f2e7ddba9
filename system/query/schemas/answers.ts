// The answers of the query API, once: they check what is sent and are served as OpenAPI.
import { Type } from 'typebox';
import { schemaVerdicts } from '../../contract/schemas.ts';
import { errorCodes } from '../../contract/error-codes.ts';
import { count, keyOf, keyState, nextCursor, nullable, signed, strict, time } from './words.ts';

const reason = strict({ code: nullable(Type.String()), message: nullable(Type.String()), error_type: nullable(Type.String()) });

export const eventAnswer = strict({
  id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
  tenant: Type.String(),
  system_name: Type.String(),
  object_id: Type.String(),
  event_name: Type.String(),
  metadata: Type.Unsafe<unknown>({
    type: ['object', 'array'],
    description: 'The raw text as it came: digits, order of keys and spacing are kept.',
  }),
  event_time: time(),
  event_time_source: Type.Union([Type.Literal('client'), Type.Literal('receipt')]),
  received_at: time(),
  idempotency_key: nullable(Type.String()),
  sequence: nullable(Type.Integer()),
  lane: count(),
  position: count(),
  applied_at: time(),
  schema_version: nullable(
    Type.Integer({ description: 'The version of its schema that it was taken to be of, as far as that was known.' }),
  ),
  schema_verdict: nullable(
    Type.Enum([...schemaVerdicts], { description: 'What was wrong with it at the door by the registry of schemas; null: nothing.' }),
  ),
  cloudevent: nullable(
    Type.Unsafe<Record<string, string | null>>({
      type: 'object',
      additionalProperties: { type: ['string', 'null'] },
      description:
        'Of what came as a CloudEvent: its attributes that have no field here, as and `data_at`, a JSON pointer to where its data is; null where it had none.',
    }),
  ),
});

export const eventsAnswer = strict({ events: Type.Array(eventAnswer), next_cursor: nextCursor });

export const timelineAnswer = strict({
  system_name: Type.String(),
  object_id: Type.String(),
  entries: Type.Array(
    strict({
      entry: count('1, 2, 3 … in the order of application.'),
      event_id: count(),
      event_name: Type.String(),
      sequence: nullable(Type.Integer()),
      event_time: time(),
      summary: nullable(Type.String()),
      applied_at: time(),
    }),
  ),
  total: count('Entries of the whole timeline.'),
  next_cursor: nextCursor,
});

export const countsAnswer = strict({
  counts: Type.Array(strict({ system_name: Type.String(), event_name: Type.String(), minute: time(), count: count() })),
  next_cursor: nextCursor,
});

const stage = nullable(Type.Union([Type.Literal('order'), Type.Literal('handle'), Type.Literal('apply')]));
const parkedEvent = {
  ...keyOf,
  position: count(),
  id: count(),
  system_name: Type.String(),
  object_id: Type.String(),
  event_name: Type.String(),
  sequence: nullable(Type.Integer()),
  reason,
  stage,
  attempts: count('Since it was parked, or since its last replay.'),
  earlier_attempts: count('Before its last replay.'),
  replays: count('How often an operator replayed it.'),
  received_at: time(),
  parked_at: time(),
  first_failed_at: nullable(time()),
  last_failed_at: nullable(time()),
  worker: nullable(Type.String({ description: 'Which saw it fail last.' })),
  trace_id: nullable(Type.String({ description: 'Of the request that brought it, where that was sampled.' })),
  is_fixed: Type.Boolean({ description: 'Whether its processor is given another body than the one that came.' }),
  waiting_behind: count('Events of its key that wait for it.'),
  body: Type.Unsafe<unknown>({ type: 'object', description: "The event's raw text as it came." }),
};

export const deadLettersAnswer = strict({ dead_letters: Type.Array(strict(parkedEvent)), next_cursor: nextCursor });

export const parkedEventAnswer = strict({
  ...parkedEvent,
  state: Type.Union([Type.Literal('dead_letter'), Type.Literal('retrying'), Type.Literal('waiting')]),
  fixed_at: nullable(time()),
  fixed_by: nullable(Type.String()),
  fixed_body: Type.Unsafe<unknown>({ type: ['object', 'null'], description: 'What its processor is given; null: the body as it came.' }),
});

export const parkedKeysAnswer = strict({
  parked_keys: Type.Array(
    strict({
      ...keyOf,
      system_name: Type.String(),
      object_id: Type.String(),
      state: keyState,
      since: time(),
      next_attempt_at: nullable(time()),
      events: count('The failed event and those that wait behind it.'),
      head_reason: nullable(reason),
    }),
  ),
  next_cursor: nextCursor,
});

export const parkedKeyAnswer = strict({
  ...keyOf,
  system_name: Type.String(),
  object_id: Type.String(),
  state: keyState,
  since: time(),
  next_attempt_at: nullable(time()),
  total: count('Its events in the park.'),
  events: Type.Array(
    strict({
      position: count(),
      id: count(),
      event_name: Type.String(),
      sequence: nullable(Type.Integer()),
      received_at: time(),
      reason: nullable(reason),
      attempts: count(),
      is_fixed: Type.Boolean(),
    }),
    { description: 'In the order in which they will be applied.' },
  ),
  next_cursor: nextCursor,
});

const lane = strict({
  lane: count(),
  position: count('The checkpoint.'),
  lag: signed('Head minus position.'),
  epoch: count(),
  owner: nullable(Type.String({ description: 'The worker that holds the lease now.' })),
  lease_expires_at: nullable(time()),
  applied: count(),
  ignored: count(),
  parked: count(),
  pending: count(),
  discarded: count(),
  skipped: count(),
  shed: count(),
  drop: signed('Position minus the sum of applied, ignored, parked, pending, discarded, skipped and shed: must be 0.'),
});

export const statusAnswer = strict({
  stream: strict({
    lanes: Type.Array(strict({ lane: count(), head: count(), duplicates: count(), conflicts: count() })),
    appended: count('The sum of the heads.'),
  }),
  processors: Type.Array(
    strict({
      processor: Type.String(),
      version: count(),
      state: Type.String(),
      lanes: Type.Array(lane),
      lag: signed('The sum over its lanes.'),
      drop: signed('The sum over its lanes: must be 0.'),
    }),
  ),
  workers: Type.Array(
    strict({
      worker: Type.String(),
      host: Type.String(),
      pid: count(),
      started_at: time(),
      seen_at: time(),
      leases: count('Leases that it holds now.'),
    }),
  ),
  dead_letters: count('Of the tenant of the key; those of retired versions are left out.'),
  parked_keys: count('Of the tenant of the key; those of retired versions are left out.'),
});

export const stateAnswer = strict({ status: Type.Literal('ok') });

export const errorAnswer = strict({
  error: strict({
    code: Type.Unsafe<string>({ type: 'string', enum: Object.keys(errorCodes) }),
    message: Type.String(),
    details: Type.Optional(
      Type.Array(
        strict({
          parameter: Type.String(),
          message: Type.String(),
          lane: Type.Optional(count()),
          low_water: Type.Optional(count()),
          position: Type.Optional(nullable(count())),
          epoch: Type.Optional(nullable(count())),
          outcome: Type.Optional(Type.String()),
        }),
      ),
    ),
  }),
});
