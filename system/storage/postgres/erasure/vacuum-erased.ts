// Cleans up the old rows, so that what was erased is gone from the tables' pages too, and not at some later time.
import type { Session } from '../session.ts';
import type { OpenErasure } from './open-erasure.ts';
import { readOwnTables } from './own-tables.ts';

const tables = [
  'events',
  'timeline_entries',
  'timelines',
  'minute_counts',
  'pending_events',
  'parked_events',
  'event_recoveries',
  'recovery_commands',
  'recovery_jobs',
];

/** Whoever still sees the rows as they were keeps them; a VACUUM looks at none. Of sessions of other accounts nothing may be known. */
const selectOlder = `
  select count(*)::integer as older from pg_stat_activity
  where backend_xmin is not null and pid <> pg_backend_pid() and datname = current_database() and backend_type = 'client backend'
    and xact_start <= $1::timestamptz and pid not in (select pid from pg_stat_progress_vacuum)`;

const stillThere = async (session: Session, partitions: readonly string[]): Promise<readonly string[]> => {
  const text = 'select name from unnest($1::text[]) as name where to_regclass(name) is not null';
  return (await session.query<{ name: string }>({ text, values: [partitions] })).rows.map(({ name }) => name);
};

/** Of one table, however large. */
const longestVacuumMs = 24 * 3_600_000;

/** False: somebody holds an old snapshot, it is tried again. */
export const vacuumErased = async (session: Session, { place }: OpenErasure): Promise<boolean> => {
  const { rows } = await session.query<{ older: number }>({ text: selectOlder, values: [place.searched_at] });
  if (rows[0]!.older > 0) return false;
  const client = await session.client();
  const own = (await readOwnTables(client, 'all')).map(({ table }) => table);
  await client.query('set statement_timeout = 0');
  try {
    // A day that retention has dropped since is gone with all its pages.
    for (const table of [...(await stillThere(session, place.partitions ?? [])), ...tables, ...own]) {
      const patient = { text: `vacuum (truncate false) ${table}`, query_timeout: longestVacuumMs };
      await client.query(patient);
    }
  } finally {
    await client.query('reset statement_timeout');
  }
  return true;
};
