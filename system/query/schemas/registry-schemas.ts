// The parameters and answers of the query API on the registry of schemas.
import { Type } from 'typebox';
import { compatibilities, schemaActions } from '../../contract/schemas.ts';
import { eventLimits } from '../../contract/event-limits.ts';
import { eventAnswer } from './answers.ts';
import { eventName, nextCursor, nullable, strict, systemName, time, whole } from './words.ts';

const cast = Type.Unsafe<unknown>({
  type: ['object', 'string', 'null'],
  description: '`rules` and `loses`; "identity" where none is needed; null where there is none.',
});

const registered = {
  system_name: Type.String(),
  event_name: Type.String(),
  version: Type.Integer(),
  owner: Type.String(),
  compatibility: Type.Enum([...compatibilities]),
  registered_at: time(),
  registered_by: Type.String(),
  retired_at: nullable(time()),
  retired_by: nullable(Type.String()),
};

export const eventByIdQuery = strict({
  as_version: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: eventLimits.schemaVersion,
      description: 'The event as one of this version of its schema, by the declared casts.',
    }),
  ),
});
export const eventByIdAnswer = strict({
  ...eventAnswer.properties,
  as_version: Type.Optional(Type.Integer({ description: 'The version that was asked for; `metadata` is of it.' })),
  lost: Type.Optional(Type.Array(Type.String(), { description: 'Places of the event as it came that the casts lost, as JSON pointers.' })),
});

export const schemasQuery = strict({
  system_name: Type.Optional(systemName('Only of this system.')),
  event_name: Type.Optional(eventName('Only of this event.')),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100, description: 'Most items of a page.' })),
  cursor: Type.Optional(
    Type.String({ minLength: 1, maxLength: 8192, description: '`next_cursor` of the page before, with the same filters.' }),
  ),
});
export const schemasAnswer = strict({ schemas: Type.Array(strict(registered)), next_cursor: nextCursor });

export const schemaPath = strict({
  system_name: systemName('The system.'),
  event_name: eventName('The event.'),
  version: whole('The version.'),
});
export const schemaAnswer = strict({
  ...registered,
  schema: Type.Unsafe<unknown>({ type: 'object', description: 'JSON Schema of `metadata`.' }),
  examples: Type.Array(Type.Unknown()),
  upcast: cast,
  downcast: cast,
});

const action = nullable(Type.Enum([...schemaActions]));
export const policiesAnswer = strict({
  policies: Type.Array(
    strict({
      system_name: nullable(Type.String({ description: 'null: of every system.' })),
      event_name: nullable(Type.String({ description: 'null: of every event.' })),
      unregistered: action,
      unknown_version: action,
      invalid: action,
      unversioned: nullable(Type.Integer()),
      set_at: time(),
      set_by: Type.String(),
    }),
    {
      description:
        'The most specific one that says something counts. Nothing said: accept what has no schema, flag what is unknown or invalid.',
    },
  ),
});

export const schemaAuditAnswer = strict({
  entries: Type.Array(
    strict({
      entry: whole('Its number.'),
      at: time(),
      action: Type.Enum(['register', 'retire', 'policy']),
      requested_by: Type.String(),
      why: Type.String(),
      system_name: nullable(Type.String()),
      event_name: nullable(Type.String()),
      version: nullable(Type.Integer()),
      key_id: nullable(Type.String({ description: 'The API key that it was asked with.' })),
      detail: Type.Unsafe<unknown>({ type: 'object' }),
    }),
    { description: 'Newest first.' },
  ),
  next_cursor: nextCursor,
});

/** An answer of a route that changes the registry; what was found of a schema is told as of `details` of an error. */
export const registeredAnswer = strict({
  known: Type.Boolean({ description: 'The same was registered before.' }),
  dry_run: Type.Boolean({ description: 'Nothing was registered.' }),
  upcast: cast,
  downcast: cast,
  breaks: Type.Array(Type.Unsafe<unknown>({ type: 'object' }), { description: 'With compatibility none: what it breaks.' }),
});
export const retiredAnswer = strict({ known: Type.Boolean({ description: 'It was retired before.' }) });
export const policySetAnswer = strict({ set: Type.Literal(true) });
