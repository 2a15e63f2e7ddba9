// Raw bytes of one event in, an admitted event or a refusal out. Pure: no clock, no I/O; nothing is stored for a refusal.
import { isUtf8 } from 'node:buffer';
import { Compile } from 'typebox/compile';
import { type EventBody, eventLimits, eventSchema } from '../contract/event.ts';
import type { AppendRequest } from '../stream/stream.ts';
import { bodyHash } from './canonical.ts';
import { parseEventTime } from './event-time.ts';
import { ExactNumber, isStorableNumber, mayLoseDigits, normalizeNumber, parseExactly } from './exact-number.ts';
import { findHostileText, isDeeperThan } from './hostile-text.ts';
import { identityOfKey } from './identity.ts';
import { type Refusal, refuse } from './refusal.ts';
import { describeSchemaErrors } from './schema-errors.ts';

/** All of an append but what is given out after admission. */
export type AdmittedEvent = Omit<AppendRequest, 'id' | 'traceparent'>;

export type Delivery = {
  readonly tenant: string;
  readonly receivedAtMs: number;
  /** The Idempotency-Key header, already checked; null where there was none. */
  readonly headerKey: string | null;
  /** A new identity for an event without a key. */
  readonly newIdentity: (nowMs: number) => string;
};

const eventCheck = Compile(eventSchema);

export const admit = (bytes: Buffer, delivery: Delivery): AdmittedEvent | Refusal => {
  if (!isUtf8(bytes)) return refuse('invalid_json', 'The event is not valid UTF-8.');
  const text = bytes.toString('utf8');
  const parsed = parse(text);
  if ('kind' in parsed) return parsed;
  const exact = checkText(text, parsed.value);
  if ('kind' in exact) return exact;
  const checked = checkSchema(parsed.value, exact.value);
  if ('kind' in checked) return checked;
  return toAdmitted(text, checked.value, exact.value, delivery);
};

export const isRefusal = (admission: AdmittedEvent | Refusal): admission is Refusal => 'kind' in admission;

type Checked<Value> = { readonly value: Value } | Refusal;

const parse = (text: string): Checked<unknown> => {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    if (text.trim() === '') return refuse('invalid_json', 'The body is empty; send one JSON object.');
    return refuse('invalid_json', `The event is not JSON: ${(error as Error).message}`);
  }
};

/** What the schema can't see: depth, hostile text, digits. Answers the value to hash: with exact numbers where doubles would lose any. */
const checkText = (text: string, value: unknown): Checked<unknown> => {
  if (isDeeperThan(value, eventLimits.depth)) return refuse('too_deep', `The event is nested more than ${eventLimits.depth} deep.`);
  const hostile = findHostileText(text, value);
  if (hostile !== null) {
    return refuse('hostile_text', `The string or key at ${hostile === '' ? 'the top' : hostile} holds U+0000 or a lone surrogate.`, [
      { path: hostile },
    ]);
  }
  if (!mayLoseDigits(text)) return { value };
  const exact = parseExactly(text);
  const beyond = findNumberBeyond(exact);
  if (beyond === null) return { value: exact };
  return refuse(
    'number_out_of_range',
    `The number ${beyond.length > 40 ? `${beyond.slice(0, 40)}…` : beyond} has more than ${eventLimits.numberDigits} digits or an exponent beyond ±${eventLimits.numberExponent}.`,
  );
};

const findNumberBeyond = (value: unknown): string | null => {
  if (value instanceof ExactNumber) return isStorableNumber(value.source) ? null : value.source;
  if (typeof value !== 'object' || value === null) return null;
  for (const member of Object.values(value)) {
    const found = findNumberBeyond(member);
    if (found !== null) return found;
  }
  return null;
};

const checkSchema = (value: unknown, exact: unknown): Checked<EventBody> => {
  if (!eventCheck.Check(value)) return describeSchemaErrors(value, eventCheck.Errors(value));
  const sequence = (exact as Record<string, unknown>)['sequence'];
  // 9007199254740991.4 is an integer only after it lost its digits.
  if (sequence instanceof ExactNumber && normalizeNumber(sequence.source) !== normalizeNumber(String(value.sequence))) {
    return refuse('invalid_event', 'The event does not fit the contract: /sequence must be integer.', [
      { path: '/sequence', message: 'must be integer' },
    ]);
  }
  return { value };
};

const toAdmitted = (text: string, event: EventBody, exact: unknown, delivery: Delivery): AdmittedEvent | Refusal => {
  const { tenant, receivedAtMs, headerKey } = delivery;
  if (headerKey !== null && event.id !== undefined && event.id !== headerKey) {
    return refuse(
      'invalid_idempotency_key',
      'The Idempotency-Key header and `id` are the same thing, but differ here: send one, or both alike.',
    );
  }
  const idempotencyKey = headerKey ?? event.id ?? null;
  const receivedAt = new Date(receivedAtMs).toISOString();
  const eventTime = parseEventTime(event.event_time);
  return {
    tenant,
    systemName: event.system_name,
    objectId: event.object_id,
    eventName: event.event_name,
    idempotencyKey,
    identity: idempotencyKey === null ? delivery.newIdentity(receivedAtMs) : identityOfKey(tenant, event.system_name, idempotencyKey),
    bodyHash: bodyHash(exact as Record<string, unknown>),
    sequence: event.sequence ?? null,
    eventTime: eventTime ?? receivedAt,
    eventTimeSource: eventTime === null ? 'receipt' : 'client',
    receivedAt,
    body: text,
  };
};
