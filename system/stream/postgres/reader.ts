// The stream's reader on PostgreSQL. Commit order is position order and positions have no gaps, so `position > x` misses nothing.
import type { Pool, PoolClient } from 'pg';
import type { SchemaVerdict } from '../../contract/schemas.ts';
import type { LogEvent, StreamReader } from '../stream.ts';

/** A running sum of bytes ends the batch; the first event always comes, however large. Takes no lock. */
const readLane = {
  name: 'stream_read',
  text: `
    select lane, position, id, tenant, system_name, object_id, event_name, idempotency_key, sequence,
           event_time, event_time_source, received_at, body, traceparent, schema_version, schema_verdict, schema_parked
    from (
      select *, sum(octet_length(body)) over (order by position rows unbounded preceding) - octet_length(body) as bytes_before
      from (
        select * from log
        where stream_version = $1 and lane = $2 and position > $3
        order by position
        limit $4
      ) as page
    ) as counted
    where bytes_before < $5
    order by position`,
};

const readHeads = { name: 'stream_heads', text: 'select lane, head from lanes where stream_version = $1 order by lane' };

type Row = {
  lane: number;
  position: string;
  id: string;
  tenant: string;
  system_name: string;
  object_id: string;
  event_name: string;
  idempotency_key: string | null;
  sequence: string | null;
  event_time: Date;
  event_time_source: 'client' | 'receipt';
  received_at: Date;
  body: string;
  traceparent: string | null;
  schema_version: number | null;
  schema_verdict: SchemaVerdict | null;
  schema_parked: string | null;
};

/** Takes a pool, or one connection where a thread has its own. Rejects with what the driver threw. */
export const createPostgresStreamReader = (database: Pick<Pool | PoolClient, 'query'>, streamVersion = 1): StreamReader => ({
  read: async (lane, afterPosition, limit, maxBytes) => {
    const values = [streamVersion, lane, afterPosition, limit, Math.max(maxBytes, 1)];
    const { rows } = await database.query<Row>({ ...readLane, values });
    return rows.map(toLogEvent);
  },
  heads: async () => {
    const { rows } = await database.query<{ lane: number; head: string }>({ ...readHeads, values: [streamVersion] });
    return new Map(rows.map(({ lane, head }) => [lane, Number(head)]));
  },
});

const schemaOf = ({ schema_version: version, schema_verdict: verdict, schema_parked: parked }: Row): Pick<LogEvent, 'schema'> =>
  version === null && verdict === null ? {} : { schema: { version, verdict, parkedAt: parked === null ? null : Number(parked) } };

const toLogEvent = (row: Row): LogEvent => ({
  lane: row.lane,
  position: Number(row.position),
  id: Number(row.id),
  tenant: row.tenant,
  systemName: row.system_name,
  objectId: row.object_id,
  eventName: row.event_name,
  idempotencyKey: row.idempotency_key,
  sequence: row.sequence === null ? null : Number(row.sequence),
  eventTime: row.event_time,
  eventTimeSource: row.event_time_source,
  receivedAt: row.received_at,
  body: row.body,
  traceparent: row.traceparent,
  ...schemaOf(row),
});
