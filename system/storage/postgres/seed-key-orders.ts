// Numbered keys of a version that begins after events that retention has dropped: it must not wait for numbers that nobody will ever hand to it.
import type { ClientBase, QueryConfig } from 'pg';

export type SeedKeyOrders = {
  readonly processor: string;
  readonly version: number;
  /** A version that was given every event of the stream. */
  readonly from: { readonly processor: string; readonly version: number };
};

const hasDropped = 'select from lanes where low_water > 0 limit 1';

/** The lowest number that is left of each key. */
const lowestLeft = `
    select g.lane, g.tenant, g.system_name, g.object_id, min(g.sequence) as lowest
    from log g join lanes w on w.stream_version = g.stream_version and w.lane = g.lane and w.low_water > 0
    where g.position > w.low_water and g.sequence is not null
    group by g.lane, g.tenant, g.system_name, g.object_id`;

/**
 * A numbered key whose first events are gone begins at the lowest number that is left, and never past where the other version has it. One that the version knows
 * already goes on there too, but no further than an early event of its own.
 */
const seedOrders = `
  insert into key_order as mine (processor, version, lane, tenant, system_name, object_id, sequenced, next_sequence)
  select $1, $2, o.lane, o.tenant, o.system_name, o.object_id, true, least(o.next_sequence, k.lowest, e.lowest)
  from key_order o
  join processors p on p.processor = $1 and p.version = $2
  join lanes l on l.stream_version = p.stream_version and l.lane = o.lane and l.low_water > 0
  left join (${lowestLeft}
  ) k on (k.lane, k.tenant, k.system_name, k.object_id) = (o.lane, o.tenant, o.system_name, o.object_id)
  left join (
    select lane, tenant, system_name, object_id, min(sequence) as lowest
    from pending_events where processor = $1 and version = $2
    group by lane, tenant, system_name, object_id
  ) e on (e.lane, e.tenant, e.system_name, e.object_id) = (o.lane, o.tenant, o.system_name, o.object_id)
  where o.processor = $3 and o.version = $4 and o.sequenced and least(o.next_sequence, k.lowest) > 1
  on conflict (processor, version, tenant, system_name, object_id) do update
  set next_sequence = excluded.next_sequence where mine.sequenced and mine.next_sequence < excluded.next_sequence`;

/** The same for a version that begins anew: of its own. */
const rewindOrders = `
  update key_order o set next_sequence = least(o.next_sequence, k.lowest)
  from key_order s left join (${lowestLeft}
  ) k on (k.lane, k.tenant, k.system_name, k.object_id) = (s.lane, s.tenant, s.system_name, s.object_id)
  where s.processor = $1 and s.version = $2 and s.sequenced
    and (o.processor, o.version, o.tenant, o.system_name, o.object_id) = (s.processor, s.version, s.tenant, s.system_name, s.object_id)`;

const forgetOrders = `
  delete from key_order o
  where processor = $1 and version = $2 and not (sequenced and next_sequence > 1 and exists (
    select from processors p join lanes l on l.stream_version = p.stream_version
    where (p.processor, p.version, l.lane) = (o.processor, o.version, o.lane) and l.low_water > 0
  ))`;

/** Within the caller's transaction, which keeps the marks of retention where they are. Reads the whole log where a part of it was dropped: once, and for as long as that takes. */
export const seedKeyOrders = async (client: ClientBase, { processor, version, from }: SeedKeyOrders): Promise<void> => {
  if (await isWhole(client)) return;
  await readAll(client, seedOrders, [processor, version, from.processor, from.version]);
};

/** As seedKeyOrders: what a version that begins anew where the log does has to know of its keys; all else is forgotten. */
export const rewindKeyOrders = async (client: ClientBase, { processor, version }: Omit<SeedKeyOrders, 'from'>): Promise<void> => {
  if (!(await isWhole(client))) await readAll(client, rewindOrders, [processor, version]);
  await client.query(forgetOrders, [processor, version]);
};

const isWhole = async (client: ClientBase): Promise<boolean> => (await client.query(hasDropped)).rowCount === 0;

const longestReadMs = 30 * 60_000;

const readAll = async (client: ClientBase, text: string, values: readonly unknown[]): Promise<void> => {
  await client.query('set local statement_timeout = 0');
  const patient: QueryConfig & { readonly query_timeout: number } = { text, values: [...values], query_timeout: longestReadMs };
  await client.query(patient);
};
