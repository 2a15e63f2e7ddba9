// Unordered lanes on PostgreSQL: the range is moved by one statement, between the checkpoint's lock and its move.
import { noBooks, type Tenure } from '../../workers/checkpoint.ts';
import type { Failure } from '../../workers/failure.ts';
import type { AppliedRange } from '../../workers/processor.ts';
import type { NotedEvent, RangeStore } from '../../workers/range-store.ts';
import { eventColumns } from './log-event-row.ts';
import type { SessionPool } from './session-pool.ts';
import { settleLane } from './settle.ts';
import { toTransaction } from './transaction.ts';

const emptyRange: AppliedRange = { applied: 0, skipped: 0, receivedAtMs: [], traced: [] };

/** The key's row is what the view dead_letters asks for; no other event of the key waits for it. */
const parkOne = `
  with parked as (
    insert into parked_events (processor, version, ${eventColumns}, attempts, reason_code, reason_message, error_type, worker, first_failed_at, last_failed_at)
    select $1, $2, ${eventColumns}, 1, $5, $6, $7, $8, clock_timestamp(), clock_timestamp()
    from log
    where stream_version = (select stream_version from processors where processor = $1 and version = $2) and lane = $3 and position = $4
    returning tenant, system_name, object_id
  ), key as (
    insert into parked_keys (processor, version, lane, tenant, system_name, object_id, state)
    select $1, $2, $3, tenant, system_name, object_id, 'parked' from parked
    on conflict (processor, version, tenant, system_name, object_id) do update set state = 'parked', next_attempt_at = null
  )
  select count(*)::integer as parked from parked`;

export const removeParked = `
  with gone as (
    delete from parked_events where processor = $1 and version = $2 and lane = $3 and position = $4 returning tenant, system_name, object_id, position
  )
  delete from parked_keys k using gone g
  where k.processor = $1 and k.version = $2 and (k.tenant, k.system_name, k.object_id) = (g.tenant, g.system_name, g.object_id)
    and not exists (
      select from parked_events e
      where e.processor = $1 and e.version = $2 and (e.tenant, e.system_name, e.object_id) = (g.tenant, g.system_name, g.object_id)
        and e.position <> g.position
    )`;

/** Without order there is no wait for another attempt. */
export const failParkedAgain = `
  update parked_events set attempts = attempts + 1, reason_code = $5, reason_message = $6, error_type = $7, worker = $8, last_failed_at = clock_timestamp()
  where processor = $1 and version = $2 and lane = $3 and position = $4`;

const selectParked = `
  select position from parked_events where processor = $1 and version = $2 and tenant = $3 and system_name = $4 and object_id = $5 order by position`;

const selectEvent = `
  select id, system_name as "systemName", object_id as "objectId", traceparent from log where stream_version = 1 and lane = $1 and position = $2`;

const inPlace = { expectedPosition: null, toPosition: null, staysCareful: true };

export const createRangeStore = (sessions: SessionPool, worker: string): RangeStore => ({
  applyRange: (tenure, position, upTo, processor) =>
    sessions.use(async (session) => {
      let range = emptyRange;
      const move = { expectedPosition: position, toPosition: upTo, staysCareful: false };
      const settled = await settleLane(session, tenure, move, async (client) => {
        range = await processor.applyRange(tenure.lane, position, upTo, toTransaction(client));
        return { ...noBooks, applied: range.applied, skipped: range.skipped };
      });
      return { ...settled, range };
    }),
  parkOne: (tenure, position, failure) =>
    sessions.use((session) => {
      const move = { expectedPosition: position, toPosition: position + 1, staysCareful: false };
      return settleLane(session, tenure, move, async (client) => {
        const { rows } = await client.query<{ parked: number }>(parkOne, reasonValues(tenure, position + 1, failure, worker));
        return { ...noBooks, parked: rows[0]!.parked };
      });
    }),
  applyParked: (tenure, position, processor) =>
    sessions.use((session) =>
      settleLane(session, tenure, inPlace, async (client) => {
        const applied = await processor.applyParked(tenure.lane, position, toTransaction(client));
        await client.query(removeParked, [tenure.processor, tenure.version, tenure.lane, position]);
        return { ...noBooks, applied, parked: -applied };
      }),
    ),
  parkedPositions: (tenure, { tenant, systemName, objectId }) =>
    sessions.use(async (session) => {
      const values = [tenure.processor, tenure.version, tenant, systemName, objectId];
      const { rows } = await session.query<{ position: number }>({ text: selectParked, values });
      return rows.map(({ position }) => position);
    }),
  failAgain: (tenure, position, failure) =>
    sessions.use((session) =>
      settleLane(session, tenure, inPlace, async (client) => {
        await client.query(failParkedAgain, reasonValues(tenure, position, failure, worker));
        return noBooks;
      }),
    ),
  eventAt: (lane, position) =>
    sessions.use(async (session) => {
      const { rows } = await session.query<NotedEvent>({ text: selectEvent, values: [lane, position] });
      return rows[0] ?? null;
    }),
});

const reasonValues = ({ processor, version, lane }: Tenure, position: number, { code, message, errorType }: Failure, worker: string) => [
  processor,
  version,
  lane,
  position,
  code,
  message,
  errorType,
  worker,
];
