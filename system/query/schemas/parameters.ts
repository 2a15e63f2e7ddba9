// The parameters of the query API, once: they check requests and are served as OpenAPI.
import { Type } from 'typebox';
import { longestProcessorCharacters, text, systemName, objectId, eventName, strict, whole } from './words.ts';

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
const to = Type.Optional(Type.String({ format: 'date-time', description: 'RFC 3339; up to this exclusive.' }));
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
const timelinesVersion = Type.Optional(
  whole('A version of processor timelines that is fed, such as one that is being built; without it the one that is read.'),
);
export const timelineQuery = strict({ version: timelinesVersion, limit: limit(defaultLimit, 1000), cursor });
export const countsQuery = strict({
  system_name: Type.Optional(systemName('Only counts of this system.')),
  event_name: Type.Optional(eventName('Only counts of this event name.')),
  version: timelinesVersion,
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
  to: Type.Optional(Type.String({ format: 'date-time', description: 'RFC 3339; last failed up to this exclusive.' })),
  limit: limit(defaultLimit, 1000),
  cursor,
});
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
