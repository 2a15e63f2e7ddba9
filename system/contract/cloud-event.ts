// CloudEvents 1.0 in its JSON format as a schema: it validates all three modes, and openapi.json is generated from the very same.
import Type, { type Static } from 'typebox';
import { eventLimits } from './event-limits.ts';

/** Characters of an attribute that none of our columns holds. */
const attributeCharacters = 4096;

const required = (maxLength: number, description: string) => Type.String({ minLength: 1, maxLength, description });

/** The JSON format lets an attribute that is not set be null. */
const optional = (maxLength: number, description: string) =>
  Type.Optional(Type.Unsafe<string | null>({ type: ['string', 'null'], minLength: 1, maxLength, description }));

const extension = Type.Unsafe<string | number | boolean | null>({
  type: ['string', 'integer', 'boolean', 'null'],
  maxLength: attributeCharacters,
  minimum: -(2 ** 31),
  maximum: 2 ** 31 - 1,
  description: 'An extension attribute: kept, as text, with the event.',
});

export const cloudEventSchema = Type.Object(
  {
    specversion: Type.Literal('1.0'),
    id: required(eventLimits.idempotencyKeyCharacters, 'With `source` the identity: the same again is stored once.'),
    source: required(eventLimits.systemNameCharacters, 'The `system_name`. Any text is taken, as it stands.'),
    type: required(eventLimits.eventNameCharacters, 'The `event_name`.'),
    subject: optional(eventLimits.objectIdCharacters, 'The `object_id`. Without it the event is an object of its own, named by `id`.'),
    time: optional(
      eventLimits.eventTimeCharacters,
      'The `event_time`. Without it, or not parseable: the time of receipt, and the answer says so.',
    ),
    datacontenttype: optional(attributeCharacters, 'What `data` is; application/json where it is not said.'),
    dataschema: optional(
      attributeCharacters,
      'Kept with the event. One that ends in /schemas/{source}/{type}/{version} says which version of its registered schema `data` is of.',
    ),
    data: Type.Optional(
      Type.Unknown({ description: 'The `metadata`, verbatim, where it is an object or an array; anything else is kept in it as `data`.' }),
    ),
    data_base64: Type.Optional(
      Type.Unsafe<string | null>({
        type: ['string', 'null'],
        contentEncoding: 'base64',
        pattern: '^[A-Za-z0-9+/]*={0,2}$',
        description: 'Kept in `metadata` as `data_base64`. Not with `data`.',
      }),
    ),
  },
  // `data` is no attribute: the pattern must not hold it to what attributes may be.
  { additionalProperties: false, patternProperties: { '^(?!data$)[a-z0-9]+$': extension }, title: 'CloudEvent' },
);

export type CloudEventBody = Static<typeof cloudEventSchema>;
