// A version that was given up leaves in small deletes, once no worker holds a lane of it. Doing it again changes nothing.
import type { Client } from 'pg';
import { inTransaction, type Session } from '../session.ts';

type Dropped = { processor: string; version: number };

const selectOpen = 'select processor, version from dropped_versions where done_at is null order by dropped_at limit 1';

const selectHeld = `
  select count(*)::integer as held from leases where processor = $1 and version = $2 and owner is not null and expires_at > clock_timestamp()`;

/** Whoever still works on it is fenced. */
const fence = 'update checkpoints set epoch = epoch + 1 where processor = $1 and version = $2';

/** Its rows in the tables of the read model, which have a version alone, and in those that all processors share. What comes last marks that the rest is gone. */
const readModel: Readonly<Record<string, readonly string[]>> = { timelines: ['timeline_entries', 'timelines', 'minute_counts'] };
const shared = [
  'pending_events',
  'parked_events',
  'parked_keys',
  'key_order',
  'skipped_gaps',
  'event_recoveries',
  'recovery_totals',
  'leases',
  'checkpoints',
];

const rowsAtOnce = 5000;

const removeSome = (table: string, isShared: boolean) => {
  const where = isShared ? 'processor = $1 and version = $2' : 'version = $2 and $1::text is not null';
  return `delete from ${table} where ctid = any (array(select ctid from ${table} where ${where} limit ${rowsAtOnce}))`;
};

const closeCommands = `
  update recovery_commands set done_at = clock_timestamp(), outcome = 'gone'
  where processor = $1 and version = $2 and done_at is null`;
const count = 'update dropped_versions set removed = removed + $3 where processor = $1 and version = $2';
const finish = 'update dropped_versions set done_at = clock_timestamp() where processor = $1 and version = $2';

/** True where there is more to do at once. */
export const stepDrop = async (session: Session): Promise<boolean> => {
  const { rows } = await session.query<Dropped>({ text: selectOpen });
  const dropped = rows[0];
  if (dropped === undefined) return false;
  const values = [dropped.processor, dropped.version];
  const { rows: held } = await session.query<{ held: number }>({ text: selectHeld, values });
  if (held[0]!.held > 0) return false;
  return inTransaction(session, (client) => removeNext(client, dropped));
};

const removeNext = async (client: Client, { processor, version }: Dropped): Promise<boolean> => {
  const values = [processor, version];
  await client.query(fence, values);
  for (const [table, isShared] of [
    ...(readModel[processor] ?? []).map((name) => [name, false] as const),
    ...shared.map((name) => [name, true] as const),
  ]) {
    const { rowCount } = await client.query(removeSome(table, isShared), values);
    if ((rowCount ?? 0) === 0) continue;
    await client.query(count, [...values, rowCount]);
    return true;
  }
  await client.query(closeCommands, values);
  await client.query(finish, values);
  return false;
};
