// The park on PostgreSQL, as its keeper sees it. Commands are carried out under the lane's lock and epoch, like every write of the lane.
import type { Client } from 'pg';
import { noBooks, type Books, type LaneId, type Tenure } from '../../workers/checkpoint.ts';
import type { CommandEnd, OverdueKey, ParkCommand, ParkStore } from '../../workers/park-store.ts';
import type { Key } from '../../stream/stream.ts';
import { discardParked } from './discard.ts';
import type { SessionPool } from './session-pool.ts';
import { settleLane } from './settle.ts';

const lanesOf = 'unnest($1::text[], $2::integer[], $3::integer[]) as w (processor, version, lane)';

/** The events processor has no order, so that its keys are never retried by themselves. */
const selectDue = `
  select k.processor, k.version, k.lane, k.tenant, k.system_name, k.object_id
  from ${lanesOf} join parked_keys k using (processor, version, lane)
  where k.state = 'retrying' and k.next_attempt_at <= clock_timestamp()
  order by k.next_attempt_at
  limit $4`;

const selectCommands = `
  select c.id, c.action, c.requested_by, k.processor, k.version, k.lane, k.tenant, k.system_name, k.object_id
  from park_commands c join parked_keys k using (processor, version, tenant, system_name, object_id)
  join ${lanesOf} using (processor, version, lane)
  where c.done_at is null
  order by c.id
  limit $4`;

const selectOverdue = `
  select e.processor, e.version, e.lane, e.tenant, e.system_name, e.object_id, count(*)::integer as events,
         extract(epoch from clock_timestamp() - min(e.since))::double precision as oldest_seconds
  from ${lanesOf} join pending_events e using (processor, version, lane)
  where e.since < clock_timestamp() - $4::double precision * interval '1 second'
    and not exists (
      select from parked_keys k
      where (k.processor, k.version, k.tenant, k.system_name, k.object_id) = (e.processor, e.version, e.tenant, e.system_name, e.object_id)
    )
  group by 1, 2, 3, 4, 5, 6
  order by min(e.since)
  limit $5`;

const selectOldestWaiting = `
  select e.tenant, e.system_name, e.object_id from pending_events e
  where e.processor = $1 and e.version = $2 and e.lane = $3
    and not exists (
      select from parked_keys k
      where (k.processor, k.version, k.tenant, k.system_name, k.object_id) = (e.processor, e.version, e.tenant, e.system_name, e.object_id)
    )
  order by e.since, e.position
  limit 1`;

const keyIs = 'processor = $1 and version = $2 and tenant = $3 and system_name = $4 and object_id = $5';

const retryKey = `update parked_keys set state = 'retrying', next_attempt_at = clock_timestamp() where ${keyIs}`;
const resetHead = `
  update parked_events set attempts = 0
  where ${keyIs} and position = (select min(position) from parked_events where ${keyIs})`;

const selectHead = `select min(position) as position from parked_events where ${keyIs}`;

const closeCommand = 'update park_commands set done_at = clock_timestamp(), outcome = $2 where id = $1 and done_at is null';

export const createParkStore = (sessions: SessionPool, isOrdered: (processor: string) => boolean): ParkStore => {
  const ask = <Row extends Record<string, unknown>>(text: string, values: readonly unknown[]) =>
    sessions.use(async (session) => (await session.query<Row>({ text, values })).rows);
  const command = (tenure: Tenure, { id, key }: ParkCommand, result: string, work: (client: Client, values: unknown[]) => Promise<Books>) =>
    sessions.use(async (session): Promise<CommandEnd> => {
      const move = { expectedPosition: null, toPosition: null, staysCareful: true };
      const settled = await settleLane(session, tenure, move, async (client) => {
        const books = await work(client, [tenure.processor, tenure.version, key.tenant, key.systemName, key.objectId]);
        await client.query(closeCommand, [id, result]);
        return books;
      });
      return { ...settled, result };
    });
  return {
    dueKeys: async (lanes, limit) => {
      const rows = await ask<KeyRow>(selectDue, [...laneArrays(lanes.filter(({ processor }) => isOrdered(processor))), limit]);
      return rows.map((row) => ({ ...toLane(row), key: toKey(row) }));
    },
    openCommands: async (lanes, limit) => {
      const rows = await ask<CommandRow>(selectCommands, [...laneArrays(lanes), limit]);
      return rows.map((row) => ({ ...toLane(row), id: row.id, key: toKey(row), action: row.action, requestedBy: row.requested_by }));
    },
    overdueKeys: async (lanes, olderThanSeconds, limit) => {
      const rows = await ask<OverdueRow>(selectOverdue, [...laneArrays(lanes), olderThanSeconds, limit]);
      return rows.map((row): OverdueKey => ({ ...toLane(row), key: toKey(row), events: row.events, oldestSeconds: row.oldest_seconds }));
    },
    oldestWaiting: async ({ processor, version, lane }) => {
      const rows = await ask<KeyRow>(selectOldestWaiting, [processor, version, lane]);
      return rows[0] === undefined ? null : toKey(rows[0]);
    },
    retry: (tenure, asked) =>
      command(tenure, asked, 'retrying', async (client, values) => {
        await client.query(resetHead, values);
        await client.query(retryKey, values);
        return noBooks;
      }),
    discardHead: (tenure, asked) =>
      command(tenure, asked, 'discarded', async (client, values) => {
        const { rows } = await client.query<{ position: number | null }>(selectHead, values);
        const discarded = await discardParked(client, tenure, asked.key, rows[0]?.position ?? 0);
        return { ...noBooks, discarded, parked: -discarded };
      }),
    closeCommand: (tenure, asked, result) => command(tenure, asked, result, () => Promise.resolve(noBooks)),
  };
};

type KeyRow = { processor: string; version: number; lane: number; tenant: string; system_name: string; object_id: string };
type CommandRow = KeyRow & { id: number; action: 'retry' | 'discard_head'; requested_by: string };
type OverdueRow = KeyRow & { events: number; oldest_seconds: number };

const toLane = ({ processor, version, lane }: KeyRow): LaneId => ({ processor, version, lane });
const toKey = (row: KeyRow): Key => ({ tenant: row.tenant, systemName: row.system_name, objectId: row.object_id });

const laneArrays = (lanes: readonly LaneId[]) => [
  lanes.map(({ processor }) => processor),
  lanes.map(({ version }) => version),
  lanes.map(({ lane }) => lane),
];
