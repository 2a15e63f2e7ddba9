// Attributes and data of a CloudEvent, from whichever mode, as an admitted event: source -> system, subject -> object, type -> name, (source, id) -> identity.
import type { CloudEventBody } from '../../contract/cloud-event.ts';
import { type AdmittedEvent, type Delivery, keysDiffer } from '../admit.ts';
import { bodyHash } from '../canonical.ts';
import { parseEventTime } from '../event-time.ts';
import { identityOfKey } from '../identity.ts';
import { versionOfDataschema } from '../../schemas/said-version.ts';
import { judgeSchema } from '../judge-schema.ts';
import type { Refusal } from '../refusal.ts';
import type { EventData } from './event-data.ts';
import { readMediaType } from './media-type.ts';

/** They have fields of the contract. */
const mapped = new Set(['id', 'source', 'type', 'subject', 'time', 'data', 'data_base64']);
/** They say on whose behalf an event was sent, not what it says: another attempt may have others. */
const tracing = new Set(['traceparent', 'tracestate']);

export const admitAttributes = (event: CloudEventBody, data: EventData, delivery: Delivery): AdmittedEvent | Refusal => {
  const { tenant, receivedAtMs, headerKey } = delivery;
  if (headerKey !== null && headerKey !== event.id) return keysDiffer();
  const receivedAt = new Date(receivedAtMs).toISOString();
  const time = event.time ?? null;
  const eventTime = time === null ? null : parseEventTime(time);
  const fields = {
    system_name: event.source,
    object_id: event.subject ?? event.id,
    event_name: event.type,
    ...(time !== null && { event_time: time }),
  };
  const kept = keptAttributes(event);
  const key = { tenant, systemName: event.source, eventName: event.type };
  const found = judgeSchema(delivery.schemas, {
    key,
    said: versionOfDataschema(event.dataschema, key),
    metadata: delivery.schemas === undefined ? null : JSON.parse(data.metadata),
    bytes: data.metadata.length,
  });
  if ('kind' in found) return found;
  return {
    tenant,
    systemName: fields.system_name,
    objectId: fields.object_id,
    eventName: fields.event_name,
    idempotencyKey: event.id,
    identity: identityOfKey(tenant, event.source, event.id),
    bodyHash: bodyHash({ ...fields, metadata: data.exact }, beyondContract(kept, data)),
    sequence: null,
    eventTime: eventTime ?? receivedAt,
    eventTimeSource: eventTime === null ? 'receipt' : 'client',
    receivedAt,
    body: storedText({ ...fields, id: event.id }, data, { ...kept, ...((event.subject ?? null) === null && { subject: null }) }),
    ...found,
  };
};

type Kept = Readonly<Record<string, string>>;

/** Specversion, datacontenttype, dataschema and the extensions, as text, which is all that binary mode has. */
const keptAttributes = (event: CloudEventBody): Kept =>
  Object.fromEntries(
    Object.entries(event).flatMap(([name, value]) =>
      mapped.has(name) || value === null ? [] : [[name, typeof value === 'string' ? value : JSON.stringify(value)]],
    ),
  );

/** What makes the body another one, beside the contract's fields. null where all else is as it is for most. */
const beyondContract = (kept: Kept, { at }: EventData): Readonly<Record<string, string | null>> | null => {
  const said = Object.entries(kept).filter(
    ([name, value]) =>
      name !== 'specversion' && !tracing.has(name) && !(name === 'datacontenttype' && readMediaType(value).kind === 'json'),
  );
  if (said.length === 0 && at === '/metadata') return null;
  return { ...Object.fromEntries(said), data_at: at };
};

/** The event as the log keeps it: the contract's fields with `metadata` verbatim, and beside them what has no field there. */
const storedText = (
  fields: Readonly<Record<string, string>>,
  { metadata, at }: EventData,
  kept: Readonly<Record<string, string | null>>,
): string => `${JSON.stringify(fields).slice(0, -1)},"metadata":${metadata},"cloudevent":${JSON.stringify({ ...kept, data_at: at })}}`;
