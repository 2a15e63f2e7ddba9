// The parameters and answers of the query API, once: they check requests and are served as OpenAPI.
import { type TProperties, type TSchema, Type } from 'typebox';
import { errorCodes } from '../contract/error-codes.ts';
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
export const processorQuery = strict({ processor, limit: limit(defaultLimit, 1000), cursor });

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

export const deadLettersAnswer = strict({
  dead_letters: Type.Array(
    strict({
      ...keyOf,
      position: count(),
      id: count(),
      system_name: Type.String(),
      object_id: Type.String(),
      event_name: Type.String(),
      reason,
      attempts: count(),
      first_failed_at: nullable(time()),
      last_failed_at: nullable(time()),
      body: Type.Unsafe<unknown>({ type: 'object', description: "The event's raw text as it came." }),
    }),
  ),
  next_cursor: nextCursor,
});

export const parkedKeysAnswer = strict({
  parked_keys: Type.Array(
    strict({
      ...keyOf,
      system_name: Type.String(),
      object_id: Type.String(),
      state: Type.Union([Type.Literal('retrying'), Type.Literal('parked')]),
      since: time(),
      next_attempt_at: nullable(time()),
      events: count('The failed event and those that wait behind it.'),
      head_reason: nullable(reason),
    }),
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
