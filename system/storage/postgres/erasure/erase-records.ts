// What recovery has kept of an object: results that name reasons, values of fixes; and copies of versions that were given up, which no owner looks after.
import type { Client } from 'pg';
import type { ErasurePlace } from '../../../contract/erased.ts';
import { isAbandoned } from '../recovery-end.ts';
import { type Counts, fixesOf } from './count-places.ts';
import type { OpenErasure } from './open-erasure.ts';
import { asUntried, holdsData, toTombstone, withoutFix } from './tombstone.ts';

const key = 'tenant = $1 and system_name = $2 and object_id = $3';
const before = 'position <= coalesce(($4::jsonb->>lane::text)::bigint, 0)';
const retired = `(processor, version) in (select processor, version from processors where state = 'retired')`;

/** What nobody carries out any more is not waited for: it touches nothing. */
const openCommands = `
  select count(*)::integer as open from recovery_commands c where ${key} and ${before} and done_at is null and not (${isAbandoned})`;
const removeResults = `
  update recovery_commands set result = '{"erased": true}' where ${key} and ${before} and result is not null and not (result ? 'erased')`;
const removeFix = `update recovery_jobs set fix = '[{"erased": true}]' where job = any ($1::bigint[])`;

/**
 * Copies keep their places, as in a lane that somebody owns: a version that is taken up again has as many of them as its books say, and passes them over in
 * their turn.
 */
const eraseRetired = {
  timeline_entries: `delete from timeline_entries where version in (select version from processors where processor = 'timelines' and state = 'retired') and ${key} and ${before}`,
  pending_events: `update pending_events set ${toTombstone} where ${retired} and ${key} and ${before} and ${holdsData}`,
  parked_events: `update parked_events set ${asUntried} where ${retired} and ${key} and ${before} and ${holdsData}`,
  fixed_bodies: `update event_recoveries set ${withoutFix} where ${retired} and ${key} and ${before} and fixed_body is not null`,
} as const satisfies Partial<Record<ErasurePlace, string>>;
const retryRetired = `
  update parked_keys set state = 'retrying', next_attempt_at = clock_timestamp()
  where ${retired} and ${key} and ($4::jsonb) ? lane::text and state = 'parked' and exists (
    select from parked_events e
    where (e.processor, e.version, e.tenant, e.system_name, e.object_id) = (parked_keys.processor, parked_keys.version, $1, $2, $3) and not (e.${holdsData})
  )`;

export type ErasedRecords = {
  readonly erased: Counts;
  /** null: nothing; else why it does not go on. */ readonly waitsFor: string | null;
};

export const eraseRecords = async (client: Client, erasure: OpenErasure): Promise<ErasedRecords> => {
  const values = [erasure.key.tenant, erasure.key.systemName, erasure.key.objectId, JSON.stringify(erasure.cut)];
  const { rows } = await client.query<{ open: number }>(openCommands, values);
  if (rows[0]!.open > 0) return waiting(`${rows[0]!.open} recovery commands on the object that are not done`);
  const jobs = await fixesOf(client, erasure);
  const open = jobs.filter(({ is_open }) => is_open).map(({ job }) => job);
  // A fix that is still carried out on other objects must not change under it.
  if (open.length > 0) return waiting(`recovery job ${open.join(', ')}, whose fix is still carried out`);
  const { rowCount: results } = await client.query(removeResults, values);
  const { rowCount: fixes } = await client.query(removeFix, [jobs.map(({ job }) => job)]);
  const erased: Record<string, number> = { recovery_results: results ?? 0, recovery_fixes: fixes ?? 0 };
  for (const [place, statement] of Object.entries(eraseRetired)) erased[place] = (await client.query(statement, values)).rowCount ?? 0;
  await client.query(retryRetired, values);
  return { erased, waitsFor: null };
};

const waiting = (waitsFor: string): ErasedRecords => ({ erased: {}, waitsFor });
