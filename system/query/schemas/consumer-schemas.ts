// What the consumer API takes and answers, once: it checks requests and is served as OpenAPI.
import { type Static, Type } from 'typebox';
import { count, eventName, nextCursor, nullable, strict, systemName, time, whole } from './words.ts';

const nameOf = (description: string) =>
  Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$', maxLength: 64, description: `${description} 1-64 of A-Z a-z 0-9 . _ -` });
const laneNumber = () => Type.Integer({ minimum: 0, maximum: 1023 });

export const mostLanesOfStream = 32;
export const longestWaitMs = 30_000;
export const defaultWaitMs = 20_000;
export const mostEventsRead = 1000;
export const defaultEventsRead = 500;
export const mostBytesRead = 1024 * 1024;
export const defaultLeaseMs = 10_000;

export const consumerPath = strict({ consumer: nameOf('The consumer.') });
export const instancePath = strict({
  consumer: nameOf('The consumer.'),
  instance: nameOf('The instance: one of those who share its lanes.'),
});

export const createBody = strict({
  start: Type.Enum(['earliest', 'latest'], {
    description: 'Where a new consumer begins: at the low-water mark of each lane, or behind what is there now.',
  }),
});
export const joinBody = strict({
  lease_ms: Type.Optional(
    Type.Integer({
      minimum: 1000,
      maximum: 600_000,
      default: defaultLeaseMs,
      description: 'How long lanes are its own without another call.',
    }),
  ),
  release: Type.Optional(Type.Array(laneNumber(), { maxItems: 1024, description: 'Lanes that it gives back.' })),
});
export const checkpointBody = strict({
  checkpoints: Type.Array(
    strict({
      lane: laneNumber(),
      epoch: whole('As the lease named it.'),
      from: whole('The checkpoint as it was last seen.'),
      to: whole('The highest position that is done with.'),
    }),
    { minItems: 1, maxItems: 1024, description: 'Each lane once, and each by itself.' },
  ),
});

const ofEvents = {
  system_name: Type.Optional(systemName('Only events of this system. What is left out is passed over: `position` goes on.')),
  event_name: Type.Optional(eventName('Only events of this name.')),
};
export const readQuery = strict({
  lane: Type.Integer({ minimum: 0, maximum: 1023, description: 'The lane.' }),
  after: Type.Optional(whole('Events after this position; without it after the checkpoint.')),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: mostEventsRead, default: defaultEventsRead, description: 'Most events.' })),
  max_bytes: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: mostBytesRead,
      default: mostBytesRead,
      description: 'Most bytes of bodies; one event always comes.',
    }),
  ),
  wait_ms: Type.Optional(
    Type.Integer({ minimum: 0, maximum: longestWaitMs, default: defaultWaitMs, description: 'How long to wait where there is none yet.' }),
  ),
  ...ofEvents,
});
export const streamQuery = strict({
  lanes: Type.Optional(
    Type.String({
      pattern: '^\\d{1,4}(,\\d{1,4})*$',
      maxLength: 160,
      description: `Lanes, such as 0,3; at most ${mostLanesOfStream}. All by default.`,
    }),
  ),
  after: Type.Optional(
    Type.String({
      pattern: '^\\d{1,4}:\\d{1,16}(,\\d{1,4}:\\d{1,16})*$',
      maxLength: 1024,
      description:
        'lane:position of each lane, as in an `id:`; a lane that is not in it begins at its checkpoint. `Last-Event-ID` goes before it.',
    }),
  ),
  heartbeat_ms: Type.Optional(
    Type.Integer({ minimum: 1000, maximum: 60_000, default: 15_000, description: 'How long the stream may be silent before a heartbeat.' }),
  ),
  ...ofEvents,
});

export const logEventAnswer = strict({
  lane: count(),
  position: count(),
  id: count('The id that ingest answered.'),
  tenant: Type.String(),
  system_name: Type.String(),
  object_id: Type.String(),
  event_name: Type.String(),
  event_time: time(),
  event_time_source: Type.Union([Type.Literal('client'), Type.Literal('receipt')]),
  received_at: time(),
  idempotency_key: nullable(Type.String()),
  sequence: nullable(Type.Integer()),
  traceparent: nullable(Type.String()),
  body: Type.Unsafe<unknown>({
    type: 'object',
    description: "The event's raw text as it came: digits, order of keys and spacing are kept.",
  }),
});
export const readAnswer = strict({
  lane: count(),
  events: Type.Array(logEventAnswer),
  position: count(
    'Up to here all was looked at: `after` of the next request, and what a checkpoint may say once these events are done with.',
  ),
  head: count('The highest position of the lane.'),
  low_water: count('Positions up to here were dropped by retention.'),
});

const totals = {
  consumer: Type.String(),
  created_at: time(),
  instances: count('That hold, or may take, lanes now.'),
  lag: count('Positions between its checkpoints and the heads, those of other tenants and names included.'),
  lanes_past_retention: count('Lanes whose checkpoint is below the low-water mark: events that it has not read are gone.'),
  checkpointed_at: nullable(time()),
};
export const consumersAnswer = strict({ consumers: Type.Array(strict(totals)) });
export const consumerAnswer = strict({
  ...totals,
  lanes: Type.Array(
    strict({
      lane: count(),
      position: count('The checkpoint.'),
      head: count(),
      low_water: count(),
      lag: count(),
      lag_seconds: nullable(Type.Number({ description: 'Age of the oldest event after the checkpoint; null where there is none.' })),
      epoch: count(),
      owner: nullable(Type.String()),
      lease_expires_at: nullable(time()),
      checkpointed_at: nullable(time()),
    }),
  ),
});
export const consumerAuditAnswer = strict({
  entries: Type.Array(
    strict({
      entry: count(),
      at: time(),
      action: Type.Enum(['create', 'remove']),
      consumer: Type.String(),
      key_id: nullable(Type.String({ description: 'Of the API key with which it was asked for.' })),
      positions: Type.Record(Type.String(), count(), { description: 'By lane: the checkpoint at which it began, or which went with it.' }),
    }),
    { description: 'Newest first.' },
  ),
  next_cursor: nextCursor,
});
export const createdAnswer = strict({ consumer: Type.String(), created: Type.Boolean() });
export const membershipAnswer = strict({
  consumer: Type.String(),
  instance: Type.String(),
  instances: count(),
  lanes: Type.Array(
    strict({
      lane: count(),
      position: count('The checkpoint: read on after it.'),
      epoch: count('For checkpoints of this lane.'),
      expires_at: time(),
      ending: Type.Boolean({ description: 'Over its share: finish what is begun, then release it. It is not renewed any more.' }),
    }),
  ),
});
export const checkpointAnswer = strict({
  checkpoints: Type.Array(strict({ lane: count(), outcome: Type.Enum(['moved', 'already_there']), position: count(), epoch: count() })),
});

export type EventFilters = Pick<Static<typeof readQuery>, 'system_name' | 'event_name'>;
