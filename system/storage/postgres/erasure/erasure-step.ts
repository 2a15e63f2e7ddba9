// The erasures that are not done, a step at a time: the first that does not wait, else the one that has waited longest since it was tried. Where it stands is in its row, moved in the transaction that did the step: a worker killed in the middle is followed by another,
// and no step is done twice.
import type { Client } from 'pg';
import { isConnectionLoss, isTimeout } from '../../../workers/error-class.ts';
import { wordsOf } from '../error-words.ts';
import { inTransaction, type Session } from '../session.ts';
import { countOwnPlaces, countPlaces, type Counts } from './count-places.ts';
import { eraseRecords } from './erase-records.ts';
import { type ErasurePhase, lockOpenErasure, type OpenErasure, readOpenErasure, waitedAt } from './open-erasure.ts';
import { OwnTableProblem, readOwnTables, readSilentOwn, removeFromTables } from './own-tables.ts';
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
  /** It waits as a statement took too long: each try costs as much again. */
  readonly isSlow?: boolean;
};

const save = `
  update erasures e
  set phase = $2, place = coalesce($3::jsonb, place), before = before || coalesce($4::jsonb, '{}'),
      erased = e.erased || coalesce((
        select jsonb_object_agg(r.key, coalesce((e.erased->>r.key)::bigint, 0) + r.value::bigint) from jsonb_each_text($5::jsonb) as r
      ), '{}'),
      after = coalesce($6::jsonb, after), rounds = rounds + case when $7::boolean then 1 else 0 end, waits_for = $8::text,
      waited_at = case when $8::text is not null then ${waitedAt('$10::boolean')} end,
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
         count(*) filter (where c.done_at is null and p.state is distinct from 'retired' and l.expires_at is distinct from null and l.expires_at > now())::integer as owned,
         max(c.problem) filter (where c.done_at is null and p.state is distinct from 'retired') as problem
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

/** Said in a transaction of its own, that of the step is rolled back: it is tried again in its turn, and those behind it go on meanwhile. */
const noteFailure = `update erasures set waits_for = $2, waited_at = ${waitedAt('$3::boolean')} where erasure = $1 and done_at is null`;

export const stepErasure = async (session: Session, worker: string): Promise<ErasureStep> => {
  const seen = await readOpenErasure(await session.client());
  if (seen === null) return { isMore: false, finished: null };
  try {
    return await step(session, seen, worker);
  } catch (error) {
    // Without a connection there is no step for any of them.
    const words = `its last step failed, and is tried again: ${wordsOf(error)}`;
    if (!isConnectionLoss(error)) await session.query({ text: noteFailure, values: [seen.erasure, words, isTimeout(error)] });
    throw error;
  }
};

const step = async (session: Session, seen: OpenErasure, worker: string): Promise<ErasureStep> => {
  // Outside of any transaction, as VACUUM must be. Done twice it does no harm.
  const isClean = seen.phase === 'vacuum' && (await vacuumErased(session, seen));
  return inTransaction(
    session,
    async (client) => {
      const open = await lockOpenErasure(client, seen.erasure);
      if (open === null || open.phase !== seen.phase) return { isMore: true, finished: null };
      const move =
        open.phase === 'vacuum' ? afterVacuum(isClean) : await next(client, open).catch((error: unknown) => standing(open, error));
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

/** What is wrong with a table of a team's own is for its team to mend: it stands still there, and says so. */
const standing = ({ phase }: OpenErasure, error: unknown): Move => {
  if (error instanceof OwnTableProblem) return { phase, waitsFor: error.message, isSlow: error.isSlow };
  throw error;
};

const write = async (client: Client, { erasure }: OpenErasure, move: Move, worker: string): Promise<number> => {
  const json = (value: object | undefined) => (value === undefined ? null : JSON.stringify(value));
  const { phase, place, before, erased, after, anotherRound = false, waitsFor = null, isSlow = false } = move;
  const counts = [json(before), JSON.stringify(erased ?? {}), json(after)];
  const values = [erasure, phase, json(place), ...counts, anotherRound, waitsFor, worker, isSlow];
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
  const before = { log: place.found, ...(await countPlaces(client, open)), ...(await countOwnPlaces(client, open)) };
  return open.isDryRun ? { phase: 'done', before, place: await silentPlace(client) } : { phase: 'log', before, place: {} };
};

/** The commands for the lanes are made once no row of the log holds data any more: whatever is read after them is a tombstone. */
const overwrite = async (client: Client, open: OpenErasure): Promise<Move> => {
  const { place, isOver } = await walkLog(client, open, 'overwrite');
  if (!isOver) return { phase: 'log', place };
  const { tenant, systemName, objectId } = open.key;
  await client.query(command, [open.erasure, JSON.stringify(open.cut), tenant, systemName, objectId]);
  return { phase: 'lanes', erased: { log: place.found }, place: { partitions: place.partitions } };
};

const silentPlace = async (client: Client) => {
  const silent = await readSilentOwn(client);
  return silent.length === 0 ? {} : { not_ours: silent };
};

const waitForLanes = async (client: Client, { erasure }: OpenErasure): Promise<Move> => {
  const { rows } = await client.query<{ open: number; owned: number; problem: string | null }>(selectCommands, [erasure]);
  const { open, owned, problem } = rows[0]!;
  if (problem !== null) return { phase: 'lanes', waitsFor: problem };
  if (open > 0) {
    const without = open - owned;
    return { phase: 'lanes', waitsFor: `${open} lanes${without === 0 ? '' : `, ${without} of them without an owner`}` };
  }
  const { rows: sums } = await client.query<{ erased: Counts }>(sumCommands, [erasure]);
  await client.query(forgetResults, [erasure]);
  return { phase: 'records', erased: sums[0]!.erased };
};

const clearRecords = async (client: Client, open: OpenErasure): Promise<Move> => {
  // No owner looks after a version that nobody runs any more; nothing writes there either.
  const { removed: own, problem } = await removeFromTables(client, await readOwnTables(client, 'retired'), open, 'all');
  if (problem !== null) return { ...standing(open, problem), erased: own };
  const { erased, waitsFor } = await eraseRecords(client, open);
  if (waitsFor !== null) return { phase: 'records', waitsFor, erased: own };
  const { partitions = [] } = open.place;
  return { phase: 'search', erased: { ...erased, ...own }, place: { partitions } };
};

/** Finds nothing, or it goes on: an object must not be called erased that is not. */
const search = async (client: Client, open: OpenErasure): Promise<Move> => {
  const { place, isOver } = await walkLog(client, open, 'count');
  if (!isOver) return { phase: 'search', place };
  const ours = { log: place.found, ...(await countPlaces(client, open)) };
  const own = await countOwnPlaces(client, open);
  const after = { ...ours, ...own };
  // Whether a row of a team's own came later is not for us to know: found once more after another round it did.
  const left = Object.entries(open.rounds === 0 ? after : ours).filter(([, rows]) => rows > 0);
  const { partitions } = place;
  if (left.length === 0) {
    const { rows: now } = await client.query<{ at: string }>('select clock_timestamp()::text as at');
    return { phase: 'vacuum', after, place: { partitions, searched_at: now[0]!.at, ...(await silentPlace(client)) } };
  }
  const found = left.map(([name, rows]) => `${rows} in ${name}`).join(', ');
  return { phase: 'log', after, anotherRound: true, place: { partitions }, waitsFor: `another round: the search found ${found}` };
};
