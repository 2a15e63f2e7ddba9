// What recovery has kept of an object: results that name reasons, values of fixes; and copies of versions that were given up, which no owner looks after.
import type { Client } from 'pg';
import { fixesOf } from './count-places.ts';
import type { OpenErasure } from './open-erasure.ts';

const key = 'tenant = $1 and system_name = $2 and object_id = $3';
const before = 'position <= coalesce(($4::jsonb->>lane::text)::bigint, 0)';
const retired = `(processor, version) in (select processor, version from processors where state = 'retired')`;

const openCommands = `select count(*)::integer as open from recovery_commands where ${key} and ${before} and done_at is null`;
const removeResults = `
  update recovery_commands set result = '{"erased": true}' where ${key} and ${before} and result is not null and not (result ? 'erased')`;
const removeFix = `update recovery_jobs set fix = '[{"erased": true}]' where job = any ($1::bigint[])`;

const removeRetired = [
  `delete from timeline_entries where version in (select version from processors where processor = 'timelines' and state = 'retired') and ${key} and ${before}`,
  `delete from pending_events where ${retired} and ${key} and ${before}`,
  `delete from parked_events where ${retired} and ${key} and ${before}`,
  `delete from event_recoveries where ${retired} and ${key} and ${before}`,
];

export type ErasedRecords = {
  readonly results: number;
  readonly fixes: number;
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
  for (const statement of removeRetired) await client.query(statement, values);
  return { results: results ?? 0, fixes: fixes ?? 0, waitsFor: null };
};

const waiting = (waitsFor: string): ErasedRecords => ({ results: 0, fixes: 0, waitsFor });
