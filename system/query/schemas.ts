// The parameters and answers of the query API, once: they check requests and are served as OpenAPI.
import { type TProperties, type TSchema, Type } from 'typebox';
import { errorCodes } from '../contract/error-codes.ts';
import { recoveryActions, recoveryOutcomes } from '../contract/recovery.ts';
import { eventLimits } from '../contract/event.ts';

const longestProcessorCharacters = 128;

const nullable = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()]);
const count = (description?: string) => Type.Integer({ minimum: 0, ...(description !== undefined && { description }) });
const signed = (description: string) => Type.Integer({ description });
const time = () => Type.String({ format: 'date-time', description: 'RFC 3339, UTC.' });
const text = (maxLength: number, description: string) => Type.String({ minLength: 1, maxLength, description });
const systemName = (description: string) => text(eventLimits.systemNameCharacters, description);
const objectId = (description: string) => text(eventLimits.objectIdCharacters, description);
const eventName = (description: string) => text(eventLimits.eventNameCharacters, description);
const strict = <P extends TProperties>(properties: P) => Type.Object(properties, { additionalProperties: false });

// ── Parameters ──

const limit = (fallback: number, maximum: number) =>
  Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum,
      default: fallback,
      description: 'Most items of a page; a page is shorter where its bodies are large.',
    }),
  );
const cursor = Type.Optional(
  Type.String({ minLength: 1, maxLength: 8192, description: '`next_cursor` of the page before, with the same filters.' }),
);
const whole = (description: string) => Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description });
const from = Type.Optional(Type.String({ format: 'date-time', description: 'RFC 3339; from this time on, inclusive.' }));
const to = Type.Optional(Type.String({ format: 'date-time', description: 'RFC 3339; up to this time, exclusive.' }));
const processor = Type.Optional(text(longestProcessorCharacters, 'Only of this processor.'));

export const defaultLimit = 100;
export const defaultCountLimit = 1000;

export const noParameters = strict({});
export const eventPath = strict({
  id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description: 'The id that ingest answered.' }),
});
export const eventsQuery = strict({
  object_id: Type.Optional(objectId('Only events of this object.')),
  system_name: Type.Optional(systemName('Only events of this system.')),
  event_name: Type.Optional(eventName('Only events of this name.')),
  from,
  to,
  limit: limit(defaultLimit, 1000),
  cursor,
});
export const timelinePath = strict({ system_name: systemName('The system.'), object_id: objectId('The object.') });
export const pageQuery = strict({ limit: limit(defaultLimit, 1000), cursor });
export const countsQuery = strict({
  system_name: Type.Optional(systemName('Only counts of this system.')),
  event_name: Type.Optional(eventName('Only counts of this event name.')),
  from,
  to,
  limit: limit(defaultCountLimit, 10_000),
  cursor,
});
const ofPark = {
  processor,
  version: Type.Optional(whole('Only of this version of the processor.')),
  system_name: Type.Optional(systemName('Only of this system.')),
  object_id: Type.Optional(objectId('Only of this object.')),
};
export const deadLettersQuery = strict({
  ...ofPark,
  event_name: Type.Optional(eventName('Only events of this name.')),
  reason: Type.Optional(text(longestProcessorCharacters, 'Only with this reason code.')),
  lane: Type.Optional(whole('Only in this lane.')),
  position: Type.Optional(whole('Only at this position.')),
  from: Type.Optional(Type.String({ format: 'date-time', description: 'RFC 3339; last failed from this time on, inclusive.' })),
  to: Type.Optional(Type.String({ format: 'date-time', description: 'RFC 3339; last failed up to this time, exclusive.' })),
  limit: limit(defaultLimit, 1000),
  cursor,
});
const keyState = Type.Union([Type.Literal('retrying'), Type.Literal('parked')]);
export const parkedKeysQuery = strict({
  ...ofPark,
  state: Type.Optional(text(longestProcessorCharacters, 'Only in this state: retrying or parked.')),
  limit: limit(defaultLimit, 1000),
  cursor,
});
const version = whole('The version of the processor.');
export const parkedEventPath = strict({
  processor: text(longestProcessorCharacters, 'The processor.'),
  version,
  lane: whole('The lane.'),
  position: whole('The position.'),
});
export const parkedKeyPath = strict({
  processor: text(longestProcessorCharacters, 'The processor.'),
  version,
  system_name: systemName('The system.'),
  object_id: objectId('The object.'),
});
export const jobPath = strict({ job: whole('The number that the request was answered with.') });
export const auditQuery = strict({
  system_name: Type.Optional(systemName('Only of this system.')),
  object_id: Type.Optional(objectId('Only of this object.')),
  job: Type.Optional(whole('Only of this job.')),
  limit: limit(defaultLimit, 1000),
  cursor,
});

// ── Answers ──

const nextCursor = nullable(Type.String({ description: 'Give it as `cursor` for the next page; null on the last.' }));
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
  cloudevent: nullable(
    Type.Unsafe<Record<string, string | null>>({
      type: 'object',
      additionalProperties: { type: ['string', 'null'] },
      description:
        'Of what came as a CloudEvent: its attributes that have no field here, as text, and `data_at`, a JSON pointer to where its data is; null where it had none.',
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

const keyOf = { processor: Type.String(), version: count(), lane: count() };

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
  dead_letters: count(),
  parked_keys: count(),
});

export const stateAnswer = strict({ status: Type.Literal('ok') });

export const errorAnswer = strict({
  error: strict({
    code: Type.Unsafe<string>({ type: 'string', enum: Object.keys(errorCodes) }),
    message: Type.String(),
    details: Type.Optional(Type.Array(strict({ parameter: Type.String(), message: Type.String() }))),
  }),
});
