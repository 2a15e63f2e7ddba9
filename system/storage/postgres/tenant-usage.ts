// What the log holds of each tenant, by day: added to by every ingest process, and forgotten with the partitions of those days.
import type { Pool } from 'pg';

export type AppendedOf = ReadonlyMap<string, { readonly events: number; readonly bytes: number }>;

/** In the order of their names: two processes that add at once must not wait for each other in a circle. */
const addUsage = `
  insert into tenant_usage (tenant, day, events, bytes)
  select tenant, (now() at time zone 'UTC')::date, events, bytes from unnest($1::text[], $2::bigint[], $3::bigint[]) as a (tenant, events, bytes)
  order by tenant
  on conflict (tenant, day) do update set events = tenant_usage.events + excluded.events, bytes = tenant_usage.bytes + excluded.bytes`;

/** The oldest day of which the log still has a partition; they are named by it. */
const oldestDay = `
  coalesce((
    select min(to_date(right(c.relname, 8), 'YYYYMMDD')) from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'log'::regclass and c.relname ~ '^log_\\d{8}$'
  ), '-infinity')`;

const forgetUsage = `delete from tenant_usage where day < ${oldestDay}`;
const selectUsage = 'select tenant, sum(bytes)::double precision as bytes from tenant_usage group by tenant';

/** A server that froze answers no statement and times none out. */
const withinMs = 5000;

const within = (text: string, values: readonly unknown[] = []) => ({ text, values: [...values], query_timeout: withinMs });

/** Bytes by tenant, once that was added: both or none, so that what failed may be added again. A commit whose answer is lost is the one exception: it is about, and no book. */
export const addTenantUsage = async (pool: Pool, appended: AppendedOf): Promise<ReadonlyMap<string, number>> => {
  await pool.query(within(forgetUsage));
  const client = await pool.connect();
  let failed = true;
  try {
    // Whoever freezes here must not hold up an import that adds to the same day.
    await client.query(within(`begin; set local idle_in_transaction_session_timeout = '${withinMs}ms'`));
    if (appended.size > 0) await client.query(within(addUsage, columnsOf(appended)));
    const { rows } = await client.query<{ tenant: string; bytes: number }>(within(selectUsage));
    await client.query(within('commit'));
    failed = false;
    return new Map(rows.map(({ tenant, bytes }) => [tenant, bytes]));
  } finally {
    // A connection in an unknown state is closed: its transaction is rolled back.
    client.release(failed);
  }
};

const columnsOf = (appended: AppendedOf): readonly unknown[] => {
  const rows = [...appended];
  return [rows.map(([tenant]) => tenant), rows.map(([, { events }]) => events), rows.map(([, { bytes }]) => bytes)];
};
