// How the effects of an object's events leave the read model of each processor, a bounded number at a time.
import type { Client } from 'pg';
import type { ErasureCommand } from '../../../workers/erasure-store.ts';

/** `removed`: by as many `applied` falls and `skipped` grows. */
export type RemovedEffects = { readonly removed: number; readonly isDone: boolean };
export type EraseEffects = (client: Client, command: ErasureCommand, limit: number) => Promise<RemovedEffects>;

const keyValues = ({ key, lane, upTo }: ErasureCommand) => [key.tenant, key.systemName, key.objectId, lane, upTo];

const removeEvents = `
  delete from events where id in (
    select id from events where tenant = $1 and system_name = $2 and object_id = $3 and lane = $4 and position <= $5 order by id limit $6
  )`;

/** Entries and the counts per minute that they are in, at once: both are counted against the books. */
const removeEntries = `
  with chosen as (
    select entry from timeline_entries
    where version = $7 and tenant = $1 and system_name = $2 and object_id = $3 and lane = $4 and position <= $5 order by entry limit $6
  ), gone as (
    delete from timeline_entries e using chosen c
    where e.version = $7 and e.tenant = $1 and e.system_name = $2 and e.object_id = $3 and e.entry = c.entry
    returning e.event_name, e.event_time
  ), sums as (
    select event_name, date_trunc('minute', event_time, 'UTC') as minute, count(*) as events from gone group by 1, 2
  ), lowered as (
    update minute_counts m set count = m.count - s.events from sums s
    where m.version = $7 and m.lane = $4 and m.tenant = $1 and m.system_name = $2 and m.event_name = s.event_name and m.minute = s.minute
  )
  select count(*)::integer as removed from gone`;

const isMoreLeft = `
  select from timeline_entries
  where version = $6 and tenant = $1 and system_name = $2 and object_id = $3 and lane = $4 and position <= $5 limit 1`;

const removeEmptyCounts = 'delete from minute_counts where version = $1 and lane = $2 and tenant = $3 and system_name = $4 and count = 0';

const thisTimeline = 'version = $1 and tenant = $2 and system_name = $3 and object_id = $4';

/** What came later begins at 1, as in a version that is built from the log. Over numbers below 0, for two entries never have the same. */
const renumber = [
  `update timeline_entries e set entry = -n.number
   from (select entry, row_number() over (order by entry) as number from timeline_entries where ${thisTimeline}) n
   where ${thisTimeline.replaceAll(/\b(version|tenant|system_name|object_id)\b/g, 'e.$1')} and e.entry = n.entry`,
  `update timeline_entries set entry = -entry where ${thisTimeline} and entry < 0`,
  `update timelines t set entries = c.entries, last_event_id = c.last, updated_at = clock_timestamp()
   from (select count(*) as entries, (array_agg(event_id order by entry desc))[1] as last from timeline_entries where ${thisTimeline}) c
   where ${thisTimeline.replaceAll(/\b(version|tenant|system_name|object_id)\b/g, 't.$1')}`,
  `delete from timelines where ${thisTimeline} and entries = 0`,
];

const eraseTimeline: EraseEffects = async (client, command, limit) => {
  const { version, lane, key } = command;
  const { rows } = await client.query<{ removed: number }>(removeEntries, [...keyValues(command), limit, version]);
  const { removed } = rows[0]!;
  // Of another lane, or erased before: its rows are not for this lane's owner to touch.
  if (removed === 0) return { removed, isDone: true };
  await client.query(removeEmptyCounts, [version, lane, key.tenant, key.systemName]);
  const { rowCount: more } = await client.query(isMoreLeft, [...keyValues(command), version]);
  if (more !== 0) return { removed, isDone: false };
  for (const statement of renumber) await client.query(statement, [version, key.tenant, key.systemName, key.objectId]);
  return { removed, isDone: true };
};

const eraseEvents: EraseEffects = async (client, command, limit) => {
  const removed = (await client.query(removeEvents, [...keyValues(command), limit])).rowCount ?? 0;
  return { removed, isDone: removed < limit };
};

/** By processor. One that is not here keeps what it made: the proof says so. */
export const eraseEffects: ReadonlyMap<string, EraseEffects> = new Map<string, EraseEffects>([
  ['events', eraseEvents],
  ['timelines', eraseTimeline],
]);
