// The body of an event, made from the seed when it is needed: about 250 bytes of what a shop would say of an order.
import { poisonBody } from './poison.ts';
import type { PlannedEvent } from './planned-operation.ts';
import { createRandom } from './random.ts';

/** Event times are the plan's own, so that a body does not depend on when it is sent; five seconds before noon, so that runs cross a minute. */
export const firstEventTimeMs = Date.UTC(2026, 0, 1, 11, 59, 55);
const eventSpacingMs = 5;

const channels = ['web', 'app', 'store', 'phone'] as const;
const currencies = ['EUR', 'USD', 'JPY', 'GBP'] as const;
const cities = ['Zürich', 'São Paulo', '東京', 'Reykjavík', 'New York'] as const;

export type BodyMaker = (event: PlannedEvent) => Buffer;

/** The same event always gives the same bytes: a duplicate delivery has its original's body. */
export const createBodyMaker =
  (seed: number): BodyMaker =>
  (event) => {
    const fields = goodFields(seed, event);
    return event.poison === null ? Buffer.from(JSON.stringify(fields)) : poisonBody(event.poison, event.variant, fields);
  };

export const eventTimeMs = (event: number): number => firstEventTimeMs + event * eventSpacingMs;

const goodFields = (seed: number, event: PlannedEvent): Record<string, unknown> => ({
  ...(event.withoutId === true ? {} : { id: event.idempotencyKey }),
  system_name: event.systemName,
  object_id: event.objectId,
  event_name: event.eventName,
  event_time: new Date(eventTimeMs(event.event) + (event.clockOffMs ?? 0)).toISOString(),
  ...(event.sequence === null ? {} : { sequence: event.sequence }),
  ...(event.schemaVersion === undefined ? {} : { schema_version: event.schemaVersion }),
  metadata: {
    ...inVersion(metadataOf(seed, event.event), event.schemaVersion),
    ...(event.producer === undefined ? {} : { producer: event.producer }),
  },
});

/** What the second version has for `channel`, and beside it. */
const inVersion = (metadata: Record<string, unknown>, version: 1 | 2 | undefined): Record<string, unknown> => {
  if (version !== 2) return metadata;
  const { channel, ...others } = metadata;
  return { ...others, sold_by: channel, gift: false };
};

const metadataOf = (seed: number, event: number): Record<string, unknown> => {
  const random = createRandom(seed, `body/${event}`);
  return {
    customer: `c-${random.int(10000, 99999)}`,
    amount: { cents: random.int(99, 99999), currency: random.pick(currencies) },
    channel: random.pick(channels),
    city: random.pick(cities),
    weight_kg: random.int(1, 40000) / 1000,
    express: random.chance(0.2),
  };
};
