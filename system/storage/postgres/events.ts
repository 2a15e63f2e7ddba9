// Processor `events`: every event of the log as a row of table `events`, moved inside the database. It knows no order and no user code.
import { holdsData } from './erasure/tombstone.ts';
import type { TracedEvent, Transaction, UnorderedProcessor } from '../../workers/processor.ts';

const columns =
  'id, tenant, system_name, object_id, event_name, event_time, event_time_source, received_at, idempotency_key, sequence, lane, position, body, schema_version, schema_verdict';

/** No ON CONFLICT: an event applied twice is refused by the primary key, and never hidden. */
const moveRange = `
  with moved as (
    insert into events (${columns}, metadata)
    select ${columns}, (body::jsonb)->'metadata' from log
    where stream_version = 1 and lane = $1 and position > $2 and position <= $3 and ${holdsData}
    order by position
    returning received_at
  )
  select count(*)::integer as applied, array_agg((extract(epoch from received_at) * 1000)::double precision) as received_at_ms from moved`;

const selectTraced = `
  select id, lane, position, traceparent from log
  where stream_version = 1 and lane = $1 and position > $2 and position <= $3 and traceparent is not null
  order by position`;

/** The body stays as it came; where it was fixed, the projection is that of the fixed one. */
const moveParked = `
  insert into events (${columns}, metadata)
  select ${columns}, (coalesce(fixed_body, body)::jsonb)->'metadata'
  from (
    select e.*, r.fixed_body from parked_events e left join event_recoveries r using (processor, version, lane, position)
    where e.processor = 'events' and e.version = 1 and e.lane = $1 and e.position = $2
  ) as parked`;

const selectErased = `
  select count(*)::integer as erased from log where stream_version = 1 and lane = $1 and position > $2 and position <= $3 and not (${holdsData})`;

const countErased = async (transaction: Transaction, range: readonly number[]): Promise<number> =>
  (await transaction.query<{ erased: number }>(selectErased, range)).rows[0]!.erased;

export const createEvents = (): UnorderedProcessor => ({
  kind: 'unordered',
  name: 'events',
  version: 1,
  applyRange: async (lane, afterPosition, upToPosition, transaction) => {
    const range = [lane, afterPosition, upToPosition];
    const [{ rows }, traced] = await Promise.all([
      transaction.query<{ applied: number; received_at_ms: number[] | null }>(moveRange, range),
      transaction.query<TracedEvent>(selectTraced, range),
    ]);
    const { applied } = rows[0]!;
    // Asked only where not all became rows: an erased object is rare, and each term of the books is counted by itself.
    const skipped = applied === upToPosition - afterPosition ? 0 : await countErased(transaction, range);
    return { applied, skipped, receivedAtMs: rows[0]!.received_at_ms ?? [], traced: traced.rows };
  },
  applyParked: async (lane, position, transaction) => (await transaction.query(moveParked, [lane, position])).rowCount,
});
