// Raw bytes of one event in, an admitted event or a refusal out. Pure: no clock, no I/O; nothing is stored for a refusal.
import { Compile } from 'typebox/compile';
import { type Accepted, type EventBody, eventSchema } from '../contract/event.ts';
import type { AppendRequest } from '../stream/stream.ts';
import { bodyHash } from './canonical.ts';
import { parseEventTime } from './event-time.ts';
import { ExactNumber, normalizeNumber } from './exact-number.ts';
import { judgeSchema, type SchemaJudge } from './judge-schema.ts';
import { identityOfKey } from './identity.ts';
import { type Refusal, refuse } from './refusal.ts';
import { readJson } from './read-json.ts';
import { readKey } from './read-key.ts';
import { describeSchemaErrors } from './schema-errors.ts';
import type { TracedKey } from './telemetry.ts';

/** All of an append but what is given out after admission. */
export type AdmittedEvent = Omit<AppendRequest, 'id' | 'traceparent'> & { readonly told?: NonNullable<Accepted['schema']> };

export type Delivery = {
  readonly tenant: string;
  readonly receivedAtMs: number;
  /** The Idempotency-Key header, already checked; null where there was none. */
  readonly headerKey: string | null;
  /** A new identity for an event without a key. */
  readonly newIdentity: (nowMs: number) => string;
  readonly schemas?: SchemaJudge;
};

const eventCheck = Compile(eventSchema);

/** Bytes of one event, in one of the ways in which it may be written. */
export type EventForm = {
  readonly admit: (bytes: Buffer, delivery: Delivery) => AdmittedEvent | Refusal;
  /** Whose it is, unchecked, for the log of a sampled request that was refused unread. */
  readonly readKey: (bytes: Buffer) => TracedKey | null;
};

export const admit = (bytes: Buffer, delivery: Delivery): AdmittedEvent | Refusal => {
  const read = readJson(bytes);
  if ('kind' in read) return read;
  const checked = checkSchema(read.value, read.exact);
  if ('kind' in checked) return checked;
  return toAdmitted(read.text, checked.value, read.exact, delivery);
};

/** The contract's own form. */
export const plainEvent: EventForm = { admit, readKey };

export const isRefusal = (admission: AdmittedEvent | Refusal): admission is Refusal => 'kind' in admission;

type Checked<Value> = { readonly value: Value } | Refusal;

const checkSchema = (value: unknown, exact: unknown): Checked<EventBody> => {
  if (!eventCheck.Check(value)) return describeSchemaErrors(value, eventCheck.Errors(value));
  for (const field of ['sequence', 'schema_version'] as const) {
    const number = (exact as Record<string, unknown>)[field];
    // 9007199254740991.4 is an integer only after it lost its digits.
    if (number instanceof ExactNumber && normalizeNumber(number.source) !== normalizeNumber(String(value[field]))) {
      return refuse('invalid_event', `The event does not fit the contract: /${field} must be integer.`, [
        { path: `/${field}`, message: 'must be integer' },
      ]);
    }
  }
  return { value };
};

const toAdmitted = (text: string, event: EventBody, exact: unknown, delivery: Delivery): AdmittedEvent | Refusal => {
  const { tenant, receivedAtMs, headerKey } = delivery;
  if (headerKey !== null && event.id !== undefined && event.id !== headerKey) return keysDiffer();
  const idempotencyKey = headerKey ?? event.id ?? null;
  const { system_name: systemName, event_name: eventName, schema_version: version } = event;
  const found = judgeSchema(delivery.schemas, {
    key: { tenant, systemName, eventName },
    said: version ?? 'none',
    metadata: event.metadata,
    bytes: Buffer.byteLength(text),
  });
  if ('kind' in found) return found;
  const receivedAt = new Date(receivedAtMs).toISOString();
  const eventTime = parseEventTime(event.event_time);
  return {
    tenant,
    systemName: event.system_name,
    objectId: event.object_id,
    eventName: event.event_name,
    idempotencyKey,
    identity: idempotencyKey === null ? delivery.newIdentity(receivedAtMs) : identityOfKey(tenant, event.system_name, idempotencyKey),
    bodyHash: bodyHash(exact as Record<string, unknown>, version === undefined ? null : { schema_version: String(version) }),
    sequence: event.sequence ?? null,
    eventTime: eventTime ?? receivedAt,
    eventTimeSource: eventTime === null ? 'receipt' : 'client',
    receivedAt,
    body: text,
    ...found,
  };
};

export const keysDiffer = (): Refusal =>
  refuse('invalid_idempotency_key', 'The Idempotency-Key header and `id` are the same thing, but differ here: send one, or both alike.');
