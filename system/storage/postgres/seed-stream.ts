// The rows that a fresh schema needs before anything can run: the stream with its lanes, the processors with their checkpoints and leases,
// the log's first partitions. Doing it again changes nothing.
import type { ClientBase } from 'pg';
import { SystemError } from '../../contract/system-error.ts';

const streamVersion = 1;

/** Name, version, ordered. `_duties` is no processor: it has a lease alone, for the one worker that does what only one may do. */
const processors = [
  ['events', 1, false],
  ['timelines', 1, true],
] as const;

const insertProcessor = `insert into processors (processor, version, ordered, state, stream_version) values ($1, $2, $3, 'active', $4) on conflict do nothing`;
/** A version that was given up for a newer one does not come back. */
const isFed = `where exists (select from processors where processor = $1 and version = $2 and state <> 'retired')`;
const insertCheckpoints = `insert into checkpoints (processor, version, lane) select $1, $2, generate_series(0, $3 - 1) ${isFed} on conflict do nothing`;
const insertLeases = `insert into leases (processor, version, lane) select $1, $2, generate_series(0, $3 - 1) ${isFed} on conflict do nothing`;
const insertDuties = `insert into leases (processor, version, lane) values ('_duties', 0, -1) on conflict do nothing`;

/** Returns the lanes that the stream has, which may differ from what was asked for. */
export const seedStream = async (
  client: ClientBase,
  { lanes, apply }: { readonly lanes: number; readonly apply: boolean },
): Promise<number> => {
  const laneCount = await readLaneCount(client);
  if (!apply) {
    if (laneCount !== undefined) return laneCount;
    throw new SystemError(
      'FL_SCHEMA_MISSING',
      'The database has our tables but no stream. Start one process with FAULTLINE_MIGRATE=true to create it.',
    );
  }
  if (laneCount === undefined) await insertStream(client, lanes);
  await insertProcessors(client, laneCount ?? lanes);
  await client.query('select ensure_log_partitions(7)');
  return laneCount ?? lanes;
};

const readLaneCount = async (client: ClientBase): Promise<number | undefined> => {
  const { rows } = await client.query<{ lane_count: number }>('select lane_count from streams where version = $1', [streamVersion]);
  return rows[0]?.lane_count;
};

const insertStream = async (client: ClientBase, lanes: number): Promise<void> => {
  await client.query('insert into streams (version, lane_count) values ($1, $2)', [streamVersion, lanes]);
  await client.query('insert into lanes (stream_version, lane) select $1, generate_series(0, $2 - 1)', [streamVersion, lanes]);
};

const insertProcessors = async (client: ClientBase, laneCount: number): Promise<void> => {
  for (const [name, version, ordered] of processors) {
    await client.query(insertProcessor, [name, version, ordered, streamVersion]);
    await client.query(insertCheckpoints, [name, version, laneCount]);
    await client.query(insertLeases, [name, version, laneCount]);
  }
  await client.query(insertDuties);
};
