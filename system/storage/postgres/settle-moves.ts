// Moves events between the log, the early events and the park. Bodies never leave the database: they are copied by position.
import type { Client } from 'pg';
import type { Tenure } from '../../workers/checkpoint.ts';
import type { FailedEvent, Settlement } from '../../workers/settlement.ts';
import { eventColumns } from './log-event-row.ts';

export type Moves = { readonly tenure: Tenure; readonly worker: string; readonly settlement: Settlement<unknown> };

const copied = eventColumns
  .split(', ')
  .map((column) => `s.${column}`)
  .join(', ');

const reasons =
  'unnest($4::bigint[], $5::integer[], $6::text[], $7::text[], $8::text[]) as f (position, attempts, reason_code, reason_message, error_type)';
const parkedColumns = `processor, version, ${eventColumns}, attempts, reason_code, reason_message, error_type, worker, first_failed_at, last_failed_at`;
const parkedValues = `$1, $2, ${copied}, f.attempts, f.reason_code, f.reason_message, f.error_type, $9,
    case when f.reason_code is not null then clock_timestamp() end, case when f.reason_code is not null then clock_timestamp() end`;

/** The stream's version of a processor is fixed with its version. */
const logRows = `cross join lateral (
    select * from log
    where stream_version = (select stream_version from processors where processor = $1 and version = $2) and lane = $3 and position = f.position
  ) s`;

const parkFromLog = `insert into parked_events (${parkedColumns}) select ${parkedValues} from ${reasons} ${logRows}`;

const parkFromEarly = `
  with moved as (
    delete from pending_events where processor = $1 and version = $2 and lane = $3 and position = any ($4::bigint[]) returning *
  )
  insert into parked_events (${parkedColumns}) select ${parkedValues} from ${reasons} join moved s on s.position = f.position`;

const waitFromLog = `
  insert into pending_events (processor, version, ${eventColumns})
  select $1, $2, ${copied} from unnest($4::bigint[]) as f (position) ${logRows}`;

const waitFromPark = `
  with moved as (
    delete from parked_events where processor = $1 and version = $2 and lane = $3 and position = any ($4::bigint[]) returning *
  )
  insert into pending_events (processor, version, ${eventColumns}) select $1, $2, ${copied} from moved s`;

const deleteEarly = 'delete from pending_events where processor = $1 and version = $2 and lane = $3 and position = any ($4::bigint[])';
const deleteParked = 'delete from parked_events where processor = $1 and version = $2 and lane = $3 and position = any ($4::bigint[])';

const failAgain = `
  update parked_events p
  set attempts = f.attempts, reason_code = f.reason_code, reason_message = f.reason_message, error_type = f.error_type, worker = $9,
      first_failed_at = coalesce(p.first_failed_at, clock_timestamp()), last_failed_at = clock_timestamp()
  from ${reasons}
  where p.processor = $1 and p.version = $2 and p.lane = $3 and p.position = f.position`;

/** Returns by how much the lane's parked and early events changed, and how many left the park for good, counted from the rows. */
export const moveParkedAndEarly = async (
  client: Client,
  moves: Moves,
): Promise<{ readonly parked: number; readonly pending: number; readonly doneParked: number }> => {
  const { settlement } = moves;
  const { processor, version, lane } = moves.tenure;
  const run = async (name: string, text: string, positions: readonly number[]) =>
    positions.length === 0 ? 0 : all(await client.query({ name, text, values: [processor, version, lane, positions] }), positions);
  const runFailed = async (name: string, text: string, events: readonly ParkedRow[]) =>
    events.length === 0
      ? 0
      : all(await client.query({ name, text, values: [processor, version, lane, ...columns(events), moves.worker] }), events);
  const behind = settlement.parkBehind.map((position) => ({ position, attempts: 0, failure: null }));
  const fromEarly = await runFailed('park_from_early', parkFromEarly, settlement.parkEarly);
  const fromLog = await runFailed('park_from_log', parkFromLog, [...settlement.parkFailed, ...behind]);
  const toEarly = await run('wait_from_park', waitFromPark, settlement.waitFromPark);
  const early = await run('wait_from_log', waitFromLog, settlement.waitFromLog);
  const doneEarly = await run('early_done', deleteEarly, settlement.doneEarly);
  const doneParked = await run('parked_done', deleteParked, settlement.doneParked);
  await runFailed('parked_failed', failAgain, settlement.failedAgain);
  return { parked: fromEarly + fromLog - toEarly - doneParked, pending: early + toEarly - doneEarly - fromEarly, doneParked };
};

type ParkedRow = Pick<FailedEvent, 'position' | 'attempts'> & { readonly failure: FailedEvent['failure'] | null };

const columns = (events: readonly ParkedRow[]) => [
  events.map(({ position }) => position),
  events.map(({ attempts }) => attempts),
  events.map(({ failure }) => failure?.code ?? null),
  events.map(({ failure }) => failure?.message ?? null),
  events.map(({ failure }) => failure?.errorType ?? null),
];

/**
 * Work on the park leaves position and epoch as they are. Where its commit was carried out though its answer was lost, it is tried again from what was read
 * before: the rows that it would move are gone, and nothing of it may be written a second time.
 */
const all = ({ rowCount }: { rowCount: number | null }, asked: readonly unknown[]): number => {
  if (rowCount === asked.length) return rowCount;
  const message = `${rowCount ?? 0} of ${asked.length} rows are where they were when they were read: rolled back, to be decided anew`;
  throw Object.assign(new Error(message), { code: serializationFailure });
};

const serializationFailure = '40001';
