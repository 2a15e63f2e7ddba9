// What it costs that versions of a read model share their tables: rows of a new version written beside a million of the old one, against the same into tables of its own. And how
// long a version takes to leave: small deletes, against dropping a table.
import pg from 'pg';
import type { Bed } from '../bed.ts';
import { figure, median, type Figure } from '../figure.ts';

const oldEntries = 1_000_000;
const entriesAKey = 20;
const batchEvents = 500;
const batches = 100;
const rounds = 3;
const deleteAtOnce = 5000;

const tables = ['timelines', 'timeline_entries', 'minute_counts'] as const;

/** As processor timelines writes: the key's row, the count of its minute, the entry. Keys come in turn. */
const apply = (suffix: string): string => `
  with input as materialized (
    select $1::integer as version, 'object-' || (n % ($3::integer)) as object_id, n from generate_series($2::integer, $2::integer + ${batchEvents} - 1) as n
  ), counted as (
    insert into timelines${suffix} as t (version, tenant, system_name, object_id, lane, entries, last_event_id)
    select version, 'default', 'bench', object_id, 0, count(*), max(n) from input group by version, object_id order by object_id
    on conflict (version, tenant, system_name, object_id) do update set entries = t.entries + excluded.entries, last_event_id = excluded.last_event_id
    returning object_id, entries
  ), minutes as (
    insert into minute_counts${suffix} as m (version, lane, tenant, system_name, event_name, minute, count)
    select version, 0, 'default', 'bench', 'placed', date_trunc('minute', now()), count(*) from input group by version
    on conflict (version, lane, tenant, system_name, event_name, minute) do update set count = m.count + excluded.count
  )
  insert into timeline_entries${suffix} (version, tenant, system_name, object_id, entry, event_id, event_name, event_time, lane, position, summary)
  select i.version, 'default', 'bench', i.object_id, c.entries - row_number() over (partition by i.object_id order by i.n desc) + 1, i.n, 'placed', now(), 0, i.n, 'a summary of forty characters or so, as ever'
  from input i join counted c using (object_id)`;

export const benchVersionTables = async (bed: Bed, say: (text: string) => void): Promise<readonly Figure[]> => {
  const database = await bed.database('bench_versions');
  const migrated = await bed.start('query', database);
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  try {
    await client.query('set synchronous_commit = off');
    say(`a version of ${oldEntries} entries`);
    await fillOld(client);
    for (const table of tables) await client.query(`create table ${table}_own (like ${table} including all)`);
    const shared: number[] = [];
    const own: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      say(`a new version beside it, round ${round + 1} of ${rounds}`);
      shared.push(await write(client, '', round));
      own.push(await write(client, '_own', round));
    }
    const removed = await removeVersion(client);
    return [
      figure(
        'rebuild: entries of a new version, in the tables of the old one',
        median(shared),
        'events/s',
        { what: `the same into tables of its own, beside ${oldEntries} entries of another version`, value: median(own) },
        { of: 'ratio', atLeast: 0.7 },
      ),
      figure(`rebuild: a version of ${oldEntries} entries leaves in deletes of ${deleteAtOnce}`, removed, 's', null, null),
    ];
  } finally {
    await client.end();
    await migrated.process.stop();
  }
};

const fillOld = async (client: pg.Client): Promise<void> => {
  const keys = oldEntries / entriesAKey;
  await client.query(`insert into timelines (version, tenant, system_name, object_id, lane, entries, last_event_id)
    select 1, 'default', 'bench', 'object-' || n, 0, ${entriesAKey}, n from generate_series(0, ${keys - 1}) as n`);
  await client.query(`insert into timeline_entries (version, tenant, system_name, object_id, entry, event_id, event_name, event_time, lane, position, summary)
    select 1, 'default', 'bench', 'object-' || (n % ${keys}), n / ${keys} + 1, n, 'placed', now(), 0, n, 'a summary of forty characters or so, as ever'
    from generate_series(0, ${oldEntries - 1}) as n`);
  await client.query('vacuum analyze timelines');
  await client.query('vacuum analyze timeline_entries');
};

/** Events a second, batch after batch on one connection, as a lane does it. */
const write = async (client: pg.Client, suffix: string, round: number): Promise<number> => {
  const startedAt = performance.now();
  for (let batch = 0; batch < batches; batch += 1)
    await client.query({
      name: `apply${suffix}`,
      text: apply(suffix),
      values: [2, (round * batches + batch) * batchEvents, oldEntries / entriesAKey],
    });
  return (batches * batchEvents) / ((performance.now() - startedAt) / 1000);
};

/** Seconds, with no pause between. */
const removeVersion = async (client: pg.Client): Promise<number> => {
  const startedAt = performance.now();
  for (;;) {
    const { rowCount } = await client.query(
      `delete from timeline_entries where ctid = any (array(select ctid from timeline_entries where version = 1 limit ${deleteAtOnce}))`,
    );
    if ((rowCount ?? 0) === 0) return (performance.now() - startedAt) / 1000;
  }
};
