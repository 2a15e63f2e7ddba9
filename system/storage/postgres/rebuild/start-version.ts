// A new version of a read model: its checkpoints at the log's low-water mark, its leases free for any worker that has its code. Workers do the rest.
import type { ClientBase } from 'pg';
import type { AskedRebuild } from '../../../recovery/rebuild-desk.ts';
import { seedKeyOrders } from '../seed-key-orders.ts';
import { Refused } from './refused.ts';
import type { Versions } from './versions.ts';

/** A worker that was not seen for this long is gone, or will be fenced. */
const liveWithin = `interval '30 seconds'`;

const selectWorkers = `
  select count(*) filter (where codes is null)::integer as before, count(*) filter (where $1 = any (codes))::integer as able
  from workers where seen_at > clock_timestamp() - ${liveWithin}`;

const selectCode = 'select coalesce(code, version) as code from processors where processor = $1 and version = $2';

const insertProcessor = `
  insert into processors (processor, version, ordered, state, stream_version, code)
  select processor, $2, ordered, 'building', stream_version, $4 from processors where processor = $1 and version = $3`;

/** What retention has dropped can't be applied: it is in the books as skipped. */
const insertCheckpoints = `
  insert into checkpoints (processor, version, lane, position, skipped)
  select p.processor, p.version, l.lane, l.low_water, l.low_water
  from processors p join lanes l on l.stream_version = p.stream_version where p.processor = $1 and p.version = $2`;

const insertLeases = `
  insert into leases (processor, version, lane) select processor, version, lane from checkpoints where processor = $1 and version = $2`;

const insertRebuild = `
  insert into rebuilds (processor, version, beside, rate_per_second, requested_by, why) values ($1, $2, $3, $4, $5, $6)`;

/** Returns the number of the new version. Throws Refused. */
export const startVersion = async (client: ClientBase, versions: Versions, asked: AskedRebuild): Promise<number> => {
  const { readModel, sameCode, ratePerSecond, requestedBy, why } = asked;
  const { newer, served, highest } = versions;
  const version = highest + 1;
  if (newer !== null)
    throw new Refused(
      newer.version,
      `Versions ${versions.fed.map((one) => one.version).join(' and ')} of ${readModel} are fed already: drop the one that is not read first.`,
    );
  const code = sameCode ? await codeOf(client, readModel, served.version) : version;
  await refuseUnable(client, readModel, version, code);
  await client.query(insertProcessor, [readModel, version, served.version, sameCode ? code : null]);
  // Retention raises the marks under it: they do not move while checkpoints are put at them.
  await client.query('select pg_advisory_xact_lock_shared(1717660005, 4)');
  await client.query(insertCheckpoints, [readModel, version]);
  await seedKeyOrders(client, { processor: readModel, version, from: { processor: readModel, version: served.version } });
  // The trigger on leases asks for it.
  await client.query(insertRebuild, [readModel, version, served.version, ratePerSecond, requestedBy, why]);
  await client.query(insertLeases, [readModel, version]);
  return version;
};

const codeOf = async (client: ClientBase, processor: string, version: number): Promise<number> =>
  (await client.query<{ code: number }>(selectCode, [processor, version])).rows[0]!.code;

const refuseUnable = async (client: ClientBase, processor: string, version: number, code: number): Promise<void> => {
  const { rows } = await client.query<{ before: number; able: number }>(selectWorkers, [`${processor}/${code}`]);
  const { before, able } = rows[0]!;
  if (before > 0) throw new Refused(version, `${before} of the workers are of an older release, which knows no rebuilds: end them first.`);
  if (able > 0) return;
  throw new Refused(
    version,
    `No worker has code for ${processor} ${code}: start workers with FAULTLINE_TIMELINE_HANDLERS=${version}=<module>, ` +
      'or ask for the code of the version that is read (--same-code).',
  );
};
