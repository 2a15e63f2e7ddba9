// A row of table `events` as the JSON text of the contract, with `metadata` spliced in as it came.
import { rawField } from '../contract/raw-field.ts';
import { utc } from './sql.ts';

export type EventRow = {
  readonly id: number;
  readonly tenant: string;
  readonly system_name: string;
  readonly object_id: string;
  readonly event_name: string;
  readonly body: string;
  readonly event_time: string;
  readonly event_time_source: string;
  readonly received_at: string;
  readonly idempotency_key: string | null;
  readonly sequence: number | null;
  readonly lane: number;
  readonly position: number;
  readonly applied_at: string;
  readonly schema_version: number | null;
  readonly schema_verdict: string | null;
};

export const eventColumns = [
  'id, tenant, system_name, object_id, event_name, body',
  utc('event_time'),
  'event_time_source',
  utc('received_at'),
  'idempotency_key, sequence, lane, position',
  utc('applied_at'),
  'schema_version, schema_verdict',
].join(', ');

export const eventJson = (row: EventRow): string => {
  const metadata = rawField(row.body, 'metadata');
  // Admission demands it: a row without is a defect, and inventing one would hide it.
  if (metadata === undefined) throw new Error(`event ${row.id} has no metadata in its body`);
  const { id, tenant, system_name, object_id, event_name, body: _body, ...rest } = row;
  const head = JSON.stringify({ id, tenant, system_name, object_id, event_name });
  const tail = JSON.stringify({
    event_time: rest.event_time,
    event_time_source: rest.event_time_source,
    received_at: rest.received_at,
    idempotency_key: rest.idempotency_key,
    sequence: rest.sequence,
    lane: rest.lane,
    position: rest.position,
    applied_at: rest.applied_at,
    schema_version: rest.schema_version,
    schema_verdict: rest.schema_verdict,
  });
  // A search is far cheaper than reading the fields, and most events are none.
  const cloudEvent = (row.body.includes('"cloudevent":') && rawField(row.body, 'cloudevent')) || 'null';
  return `${head.slice(0, -1)},"metadata":${metadata},${tail.slice(1, -1)},"cloudevent":${cloudEvent}}`;
};
