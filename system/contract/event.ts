// The event contract as schemas: they validate what comes in, and openapi.json is generated from the very same.
import Type, { type Static } from 'typebox';
import { eventLimits } from './event-limits.ts';
import { schemaActions, schemaVerdicts } from './schemas.ts';

const nonEmpty = (maxLength: number, description: string) => Type.String({ minLength: 1, maxLength, description });

export const eventSchema = Type.Object(
  {
    system_name: nonEmpty(eventLimits.systemNameCharacters, 'The system that the event comes from.'),
    object_id: nonEmpty(eventLimits.objectIdCharacters, 'What the event is about. Order is promised per (system_name, object_id).'),
    event_name: nonEmpty(eventLimits.eventNameCharacters, 'What happened.'),
    event_time: nonEmpty(
      eventLimits.eventTimeCharacters,
      'When it happened, RFC 3339. Not parseable: the time of receipt is stored, and the answer says so.',
    ),
    metadata: Type.Unsafe<Record<string, unknown> | readonly unknown[]>({
      type: ['object', 'array'],
      description: `Anything, stored verbatim. Nested at most ${eventLimits.depth} deep, the event included.`,
    }),
    id: Type.Optional(
      nonEmpty(
        eventLimits.idempotencyKeyCharacters,
        'Idempotency key; the header Idempotency-Key is the same thing. Without it each delivery is a new event.',
      ),
    ),
    sequence: Type.Optional(
      Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description: "The producer's own order per key: 1, 2, 3 …" }),
    ),
    schema_version: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: eventLimits.schemaVersion,
        description: 'The version of the schema that `metadata` is of, where schemas are registered for the event.',
      }),
    ),
  },
  { additionalProperties: false, title: 'Event' },
);

export type EventBody = Static<typeof eventSchema>;

export const acceptedSchema = Type.Object(
  {
    id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description: 'Unique per event. Says nothing about its place.' }),
    duplicate: Type.Boolean({ description: 'The identity was known: id is the first answer.' }),
    event_time_source: Type.Union([Type.Literal('client'), Type.Literal('receipt')], {
      description: 'receipt: event_time could not be parsed, the time of receipt is stored.',
    }),
    idempotency_key: Type.Union([Type.String(), Type.Null()]),
    schema: Type.Optional(
      Type.Object(
        {
          version: Type.Union([Type.Integer(), Type.Null()], { description: 'The version that it is taken to be of; null: not known.' }),
          verdict: Type.Enum([...schemaVerdicts]),
          action: Type.Enum([...schemaActions]),
          places: Type.Optional(Type.Array(Type.Object({ path: Type.String(), message: Type.String() }, { additionalProperties: false }))),
        },
        {
          additionalProperties: false,
          description: 'Only where the registry of schemas has something to say of the event. park: processors get it as a dead letter.',
        },
      ),
    ),
  },
  { additionalProperties: false, title: 'Accepted' },
);

export type Accepted = Static<typeof acceptedSchema>;

export const errorSchema = Type.Object(
  {
    error: Type.Object({
      code: Type.String({ description: 'Stable; docs/errors.md lists all.' }),
      message: Type.String(),
      details: Type.Optional(Type.Unknown()),
    }),
  },
  { title: 'Error' },
);

export const batchResultSchema = Type.Object(
  {
    results: Type.Array(
      Type.Union([
        // In one object each: beside a schema that takes nothing further, a status would fit nowhere.
        Type.Object({ status: Type.Literal(200), ...acceptedSchema.properties }, { additionalProperties: false }),
        Type.Object({ status: Type.Integer({ minimum: 400, maximum: 599 }), ...errorSchema.properties }),
      ]),
      { description: 'One for each event, in order.' },
    ),
  },
  { title: 'BatchResult' },
);
