// Makes a small log that the workers are done with into a large one: copies of all that each event left behind, as if the same had been sent again and again.
// In SQL, for through the door ten million events take half an hour. No process of the system may run meanwhile: each of them holds ids, or leases.
import type { ClientBase } from 'pg';

/** Copies of one statement: so much is held in memory and in one transaction, and no more. */
const copiesAtOnce = 25;

/** Of those there is nothing to copy, or what there is could not be told apart from a copy. */
const selectObstacles = `
  select format('%s/%s has not applied all of lane %s', c.processor, c.version, c.lane) as obstacle
  from checkpoints c
  join processors p using (processor, version)
  join lanes l on l.stream_version = p.stream_version and l.lane = c.lane
  where c.position <> l.head or c.applied <> c.position
  union all select 'a processor has rows of its own kind: ' || processor || '/' || version from processors where (processor, version) not in (('events', 1), ('timelines', 1))
  union all (select 'there are keys in the park' from parked_keys limit 1)
  union all (select 'some of the log was dropped' from lanes where low_water > 0 limit 1)
  union all (select 'a key has numbers of its own: ' || object_id from key_order where sequenced limit 1)
  union all (select 'some identities are forgotten' from lanes having sum(head) <> (select count(*) from identities))
  union all (select 'the log is empty' from lanes having coalesce(sum(head), 0) = 0)`;

const copied = ['log', 'identities', 'events', 'timelines', 'timeline_entries', 'minute_counts', 'key_order', 'lanes'] as const;

/**
 * What copy k has in place of the original's: ids a span further for each copy (ids are handed out in blocks of 1,000, of which the last may not be used up),
 * positions behind those of the copy before, so that they stay gapless in each lane; objects and idempotency keys with the copy's number behind them; event
 * times an hour back for each copy, so that there are minutes too as many as there would be. A copy stays in the lane of the original, which need not be the lane that its
 * own name would have. All of them are appended and first seen when the last event was: within that day's partition, and never before those of lower positions.
 */
const copies = [
  `insert into log (stream_version, lane, position, id, tenant, system_name, object_id, event_name, idempotency_key, sequence, event_time, event_time_source,
                    received_at, body, appended_at, schema_version, schema_verdict, schema_parked)
   select stream_version, o.lane, o.position + k * l.head, o.id + k * s.span, o.tenant, o.system_name, o.object_id || '~' || k, o.event_name,
          o.idempotency_key || '~' || k, o.sequence, o.event_time - k * interval '1 hour', o.event_time_source, o.received_at, o.body, s.last_at,
          o.schema_version, o.schema_verdict, o.schema_parked
   from generate_series($1::bigint, $2::bigint) k cross join original_span s cross join original_log o join original_lanes l using (stream_version, lane)`,
  // In the order of the index, which is what random ones cost.
  `insert into identities (identity, id, body_hash, first_seen)
   select gen_random_uuid(), o.id + k * s.span, o.body_hash, s.last_at
   from generate_series($1::bigint, $2::bigint) k cross join original_span s cross join original_identities o order by 1`,
  `insert into events (id, tenant, system_name, object_id, event_name, metadata, event_time, event_time_source, received_at, idempotency_key, sequence, lane,
                       position, body, applied_at, schema_version, schema_verdict)
   select o.id + k * s.span, o.tenant, o.system_name, o.object_id || '~' || k, o.event_name, o.metadata, o.event_time - k * interval '1 hour',
          o.event_time_source, o.received_at, o.idempotency_key || '~' || k, o.sequence, o.lane, o.position + k * l.head, o.body, o.applied_at,
          o.schema_version, o.schema_verdict
   from generate_series($1::bigint, $2::bigint) k cross join original_span s cross join original_events o join original_lanes l using (lane)`,
  `insert into timelines (version, tenant, system_name, object_id, lane, entries, last_event_id, updated_at)
   select o.version, o.tenant, o.system_name, o.object_id || '~' || k, o.lane, o.entries, o.last_event_id + k * s.span, o.updated_at
   from generate_series($1::bigint, $2::bigint) k cross join original_span s cross join original_timelines o`,
  `insert into timeline_entries (version, tenant, system_name, object_id, entry, event_id, event_name, sequence, event_time, lane, position, summary, applied_at)
   select o.version, o.tenant, o.system_name, o.object_id || '~' || k, o.entry, o.event_id + k * s.span, o.event_name, o.sequence,
          o.event_time - k * interval '1 hour', o.lane, o.position + k * l.head, o.summary, o.applied_at
   from generate_series($1::bigint, $2::bigint) k cross join original_span s cross join original_timeline_entries o join original_lanes l using (lane)`,
  `insert into minute_counts (version, lane, tenant, system_name, event_name, minute, count)
   select o.version, o.lane, o.tenant, o.system_name, o.event_name, o.minute - k * interval '1 hour', o.count
   from generate_series($1::bigint, $2::bigint) k cross join original_minute_counts o`,
  `insert into key_order (processor, version, tenant, system_name, object_id, lane, sequenced, next_sequence)
   select o.processor, o.version, o.tenant, o.system_name, o.object_id || '~' || k, o.lane, o.sequenced, o.next_sequence
   from generate_series($1::bigint, $2::bigint) k cross join original_key_order o`,
] as const;

/** $1: how many there are of each now, the original among them. */
const counters = [
  `update lanes l set head = o.head * $1::bigint from original_lanes o where (o.stream_version, o.lane) = (l.stream_version, l.lane)`,
  `update checkpoints set position = position * $1::bigint, applied = applied * $1::bigint`,
  `update tenant_usage set events = events * $1::bigint, bytes = bytes * $1::bigint`,
  `select setval('event_ids', span * $1::bigint + 1, false) from original_span`,
] as const;

/** `copies`: how many beside the original. Rejects where the workers are not done with the log, or where it has what can't be copied; then nothing has changed. */
export const multiplyLog = async (client: ClientBase, copiesWanted: number, say: (text: string) => void): Promise<void> => {
  const { rows } = await client.query<{ obstacle: string }>(selectObstacles);
  if (rows.length > 0) throw new Error(`this log can't be multiplied: ${rows.map(({ obstacle }) => obstacle).join('; ')}`);
  // What is lost when the machine dies is measured by nobody.
  await client.query('set synchronous_commit = off');
  for (const table of copied) await client.query(`create temporary table original_${table} as select * from ${table}`);
  await client.query(
    `create temporary table original_span as select (select last_value + 999 from event_ids) as span, (select max(appended_at) from log) as last_at`,
  );
  for (const table of [...copied, 'span']) await client.query(`analyze original_${table}`);
  for (let from = 1; from <= copiesWanted; from += copiesAtOnce) {
    const to = Math.min(copiesWanted, from + copiesAtOnce - 1);
    for (const statement of copies) await client.query(statement, [from, to]);
    say(`${to} of ${copiesWanted} copies`);
  }
  for (const statement of counters) await client.query(statement, [copiesWanted + 1]);
  // Whoever comes next finds statistics, and pages that are clean: what inserts leave to do is not to be done while something is measured.
  await client.query('vacuum (freeze, analyze)');
  await client.query('checkpoint');
};
