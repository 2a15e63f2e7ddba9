// An event as rows of the log, of the early events and of the park have it.
import type { SchemaVerdict } from '../../contract/schemas.ts';
import type { LogEvent } from '../../stream/stream.ts';

export type LogEventRow = {
  lane: number;
  position: number;
  id: number;
  tenant: string;
  system_name: string;
  object_id: string;
  event_name: string;
  idempotency_key: string | null;
  sequence: number | null;
  event_time: Date;
  event_time_source: 'client' | 'receipt';
  received_at: Date;
  body: string;
  traceparent: string | null;
  schema_version: number | null;
  schema_verdict: SchemaVerdict | null;
  schema_parked: number | null;
};

/** The columns that the log and its copies share, in one order. */
export const eventColumns =
  'lane, position, id, tenant, system_name, object_id, event_name, idempotency_key, sequence, event_time, event_time_source, received_at, body, traceparent, schema_version, schema_verdict, schema_parked';

export const toLogEvent = (row: LogEventRow): LogEvent => ({
  lane: row.lane,
  position: row.position,
  id: row.id,
  tenant: row.tenant,
  systemName: row.system_name,
  objectId: row.object_id,
  eventName: row.event_name,
  idempotencyKey: row.idempotency_key,
  sequence: row.sequence,
  eventTime: row.event_time,
  eventTimeSource: row.event_time_source,
  receivedAt: row.received_at,
  body: row.body,
  traceparent: row.traceparent,
  ...(row.schema_version === null && row.schema_verdict === null
    ? {}
    : { schema: { version: row.schema_version, verdict: row.schema_verdict, parkedAt: row.schema_parked } }),
});
