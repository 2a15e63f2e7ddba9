// The erasure that was asked for first, a step at a time. Where it stands is in its row, moved in the transaction that did the step: a worker killed in the middle is followed by another,
// and no step is done twice.
import type { Client } from 'pg';
import { inTransaction, type Session } from '../session.ts';
import { countPlaces, type Counts } from './count-places.ts';
import { eraseEffects } from './erase-effects.ts';
import { eraseRecords } from './erase-records.ts';
import { type ErasurePhase, type OpenErasure, readOpenErasure } from './open-erasure.ts';
import { vacuumErased } from './vacuum-erased.ts';
import { walkLog } from './walk-log.ts';

export type FinishedErasure = { readonly erasure: number; readonly isDryRun: boolean; readonly rows: number };
export type ErasureStep = {
  /** There is more to do at once. */
  readonly isMore: boolean;
  readonly finished: FinishedErasure | null;
};

type Move = {
  readonly phase: ErasurePhase;
  readonly place?: object;
  readonly before?: Counts;
  /** Added to what was erased so far. */
  readonly erased?: Counts;
  readonly after?: Counts;
  readonly anotherRound?: boolean;
  readonly waitsFor?: string | null;
};

const save = `
  update erasures e
  set phase = $2, place = coalesce($3::jsonb, place), before = before || coalesce($4::jsonb, '{}'),
      erased = e.erased || coalesce((
        select jsonb_object_agg(r.key, coalesce((e.erased->>r.key)::bigint, 0) + r.value::bigint) from jsonb_each_text($5::jsonb) as r
      ), '{}'),
      after = coalesce($6::jsonb, after), rounds = rounds + case when $7::boolean then 1 else 0 end, waits_for = $8,
      worker = case when $2 = 'done' then $9 end, done_at = case when $2 = 'done' then clock_timestamp() end
  where erasure = $1
  returning (select coalesce(sum(value::bigint), 0) from jsonb_each_text(e.erased))::double precision as rows`;

/** A lane of a version that is fed. A version that begins later reads tombstones from its first event. */
const command = `
  insert into erasure_commands (erasure, processor, version, lane, upto, tenant, system_name, object_id)
  select $1, c.processor, c.version, c.lane, ($2::jsonb->>c.lane::text)::bigint, $3, $4, $5
  from checkpoints c join processors p using (processor, version)
  where p.state <> 'retired' and $2::jsonb ? c.lane::text`;

const selectCommands = `
  select count(*) filter (where c.done_at is null and p.state is distinct from 'retired')::integer as open,
         count(*) filter (where c.done_at is null and p.state is distinct from 'retired' and l.expires_at is distinct from null and l.expires_at > now())::integer as owned
  from erasure_commands c
  left join processors p using (processor, version)
  left join leases l on (l.processor, l.version, l.lane) = (c.processor, c.version, c.lane)
  where c.erasure = $1`;

const sumCommands = `
  select coalesce(jsonb_object_agg(place, rows), '{}') as erased from (
    select case when r.key <> 'effects' then r.key when c.processor = 'events' then 'events' else 'timeline_entries' end as place, sum(r.value::bigint) as rows
    from erasure_commands c cross join lateral jsonb_each_text(c.result) as r
    where c.erasure = $1 and c.result is not null
    group by 1
  ) as sums`;
/** What was added up is not added again. */
const forgetResults = 'update erasure_commands set result = null, done_at = coalesce(done_at, clock_timestamp()) where erasure = $1';

/** Retired ones too: their tables are there until they are dropped. */
const selectOthers = `select processor || '/' || version as name from processors where processor <> all ($1) and processor <> '_duties' order by 1`;

export const stepErasure = async (session: Session, worker: string): Promise<ErasureStep> => {
  const seen = await readOpenErasure(await session.client());
  if (seen === null) return { isMore: false, finished: null };
  // Outside of any transaction, as VACUUM must be. Done twice it does no harm.
  const isClean = seen.phase === 'vacuum' && (await vacuumErased(session, seen));
  return inTransaction(
    session,
    async (client) => {
      const open = await readOpenErasure(client, 'for update');
      if (open === null || open.erasure !== seen.erasure || open.phase !== seen.phase) return { isMore: true, finished: null };
      const move = open.phase === 'vacuum' ? afterVacuum(isClean) : await next(client, open);
      const rows = await write(client, open, move, worker);
      const finished = move.phase === 'done' ? { erasure: open.erasure, isDryRun: open.isDryRun, rows } : null;
      return { isMore: move.waitsFor === undefined || move.waitsFor === null, finished };
    },
    // The proof is on the disk before anybody is told of it.
    `begin; set local synchronous_commit = on`,
  );
};

const afterVacuum = (isClean: boolean): Move =>
  isClean
    ? { phase: 'done' }
    : { phase: 'vacuum', waitsFor: 'a snapshot on the database that is older than the erasure, before the old rows can be cleaned up' };

const write = async (client: Client, { erasure }: OpenErasure, move: Move, worker: string): Promise<number> => {
  const json = (value: object | undefined) => (value === undefined ? null : JSON.stringify(value));
  const { phase, place, before, erased, after, anotherRound = false, waitsFor = null } = move;
  const values = [erasure, phase, json(place), json(before), JSON.stringify(erased ?? {}), json(after), anotherRound, waitsFor, worker];
  return (await client.query<{ rows: number }>(save, values)).rows[0]!.rows;
};

const next = async (client: Client, open: OpenErasure): Promise<Move> => {
  switch (open.phase) {
    case 'count':
      return count(client, open);
    case 'log':
      return overwrite(client, open);
    case 'lanes':
      return waitForLanes(client, open);
    case 'records':
      return clearRecords(client, open);
    case 'search':
      return search(client, open);
    case 'vacuum':
    case 'done':
      throw new Error(`an erasure in phase ${open.phase} has no next step here`);
  }
};

const count = async (client: Client, open: OpenErasure): Promise<Move> => {
  const { place, isOver } = await walkLog(client, open, 'count');
  if (!isOver) return { phase: 'count', place };
  const before = { log: place.found, ...(await countPlaces(client, open)) };
  return open.isDryRun ? { phase: 'done', before, place: {} } : { phase: 'log', before, place: {} };
};

/** The commands for the lanes are made once no row of the log holds data any more: whatever is read after them is a tombstone. */
const overwrite = async (client: Client, open: OpenErasure): Promise<Move> => {
  const { place, isOver } = await walkLog(client, open, 'overwrite');
  if (!isOver) return { phase: 'log', place };
  const { tenant, systemName, objectId } = open.key;
  await client.query(command, [open.erasure, JSON.stringify(open.cut), tenant, systemName, objectId]);
  return { phase: 'lanes', erased: { log: place.found }, place: { partitions: place.partitions } };
};

const waitForLanes = async (client: Client, { erasure }: OpenErasure): Promise<Move> => {
  const { rows } = await client.query<{ open: number; owned: number }>(selectCommands, [erasure]);
  const { open, owned } = rows[0]!;
  if (open > 0) {
    const without = open - owned;
    return { phase: 'lanes', waitsFor: `${open} lanes${without === 0 ? '' : `, ${without} of them without an owner`}` };
  }
  const { rows: sums } = await client.query<{ erased: Counts }>(sumCommands, [erasure]);
  await client.query(forgetResults, [erasure]);
  return { phase: 'records', erased: sums[0]!.erased };
};

const clearRecords = async (client: Client, open: OpenErasure): Promise<Move> => {
  const { erased, waitsFor } = await eraseRecords(client, open);
  if (waitsFor !== null) return { phase: 'records', waitsFor };
  const { partitions = [] } = open.place;
  return { phase: 'search', erased, place: { partitions } };
};

/** Finds nothing, or it goes on: an object must not be called erased that is not. */
const search = async (client: Client, open: OpenErasure): Promise<Move> => {
  const { place, isOver } = await walkLog(client, open, 'count');
  if (!isOver) return { phase: 'search', place };
  const after = { log: place.found, ...(await countPlaces(client, open)) };
  const left = Object.entries(after).filter(([, rows]) => rows > 0);
  const { partitions } = place;
  if (left.length === 0) {
    const { rows } = await client.query<{ name: string }>(selectOthers, [[...eraseEffects.keys()]]);
    const { rows: now } = await client.query<{ at: string }>('select clock_timestamp()::text as at');
    const others = rows.map(({ name }) => name);
    return { phase: 'vacuum', after, place: { partitions, searched_at: now[0]!.at, ...(others.length > 0 && { not_ours: others }) } };
  }
  const found = left.map(([name, rows]) => `${rows} in ${name}`).join(', ');
  return { phase: 'log', after, anotherRound: true, place: { partitions }, waitsFor: `another round: the search found ${found}` };
};
