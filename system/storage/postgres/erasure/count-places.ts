// How many rows still hold data of an object, by place: the dry run, what a proof has before and after, and the search that must find nothing.
import type { Client } from 'pg';
import type { ErasurePlace } from '../../../contract/erased.ts';
import { isAbandoned } from '../recovery-end.ts';
import type { OpenErasure } from './open-erasure.ts';
import { countOwnRows, readOwnTables } from './own-tables.ts';
import { holdsData } from './tombstone.ts';

export type Counts = Readonly<Partial<Record<ErasurePlace, number>>>;

const key = 'tenant = $1 and system_name = $2 and object_id = $3';
/** Up to the cut of the row's own lane; the cut has every lane that there was. */
const before = 'position <= coalesce(($4::jsonb->>lane::text)::bigint, 0)';

/** A fix's values were written by a person about these events; a result tells of reasons, which handlers write as they like. */
const jobsOfKey = `
  select job from recovery_jobs j
  where j.tenant = $1 and j.fix is not null and not (j.fix @> '[{"erased": true}]')
    and (exists (select from recovery_commands c where c.job = j.job and ${key.replaceAll(/\b(tenant|system_name|object_id)\b/g, 'c.$1')})
      or (j.selection->>'system_name' = $2 and j.selection->>'object_id' = $3))`;

const select = `
  select
    (select count(*) from events where ${key} and ${before})::integer as events,
    (select count(*) from timeline_entries where version in (select version from processors where processor = 'timelines') and ${key} and ${before})::integer as timeline_entries,
    (select count(*) from pending_events where (processor, version) in (select processor, version from processors) and ${key} and ${before} and ${holdsData})::integer as pending_events,
    (select count(*) from parked_events where (processor, version) in (select processor, version from processors) and ${key} and ${before} and ${holdsData})::integer as parked_events,
    (select count(*) from event_recoveries where ${key} and ${before} and fixed_body is not null)::integer as fixed_bodies,
    (select count(*) from recovery_commands where ${key} and ${before} and result is not null and not (result ? 'erased'))::integer as recovery_results,
    (select count(*) from (${jobsOfKey}) as j)::integer as recovery_fixes`;

export const countPlaces = async (client: Client, { key: of, cut }: OpenErasure): Promise<Counts> => {
  const { rows } = await client.query<Counts>(select, [of.tenant, of.systemName, of.objectId, JSON.stringify(cut)]);
  return rows[0]!;
};

/** Rejects with an OwnTableProblem. */
export const countOwnPlaces = async (client: Client, erasure: OpenErasure): Promise<Counts> => {
  const counts: Partial<Record<ErasurePlace, number>> = {};
  for (const table of await readOwnTables(client, 'all')) counts[table.table] = await countOwnRows(client, table, erasure);
  return counts;
};

/** Numbers of jobs whose fix has something of the object, those with commands that somebody still carries out apart. */
const selectJobs = `
  select j.job, exists (select from recovery_commands c where c.job = j.job and c.done_at is null and not (${isAbandoned})) as is_open
  from (${jobsOfKey}) as j order by j.job`;

export const fixesOf = async (
  client: Client,
  { key: of }: OpenErasure,
): Promise<readonly { readonly job: number; readonly is_open: boolean }[]> =>
  (await client.query<{ job: number; is_open: boolean }>(selectJobs, [of.tenant, of.systemName, of.objectId])).rows;
