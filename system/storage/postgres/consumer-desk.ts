// Consumers on PostgreSQL: rows on the database's clock. It touches neither the log nor what workers keep.
import type { Pool, PoolClient } from 'pg';
import {
  type Checkpoint,
  type CheckpointResult,
  type ConsumerDesk,
  type ConsumerId,
  type ConsumerLane,
  type ConsumerStart,
  mostConsumers,
  mostInstances,
} from '../../consumers/consumer-desk.ts';
import { shareOf } from '../../consumers/fair-lanes.ts';
import { inTransaction } from './in-transaction.ts';

/** 1717660005 is 'faul'. One maker of consumers at a time, or two of them could go over the bound together. */
const oneMaker = 'select pg_advisory_xact_lock(1717660005, 5)';

/** Retention raises the marks under it: they do not move while a consumer is put at them. */
const lockMarks = 'select pg_advisory_xact_lock_shared(1717660005, 4)';

const insertConsumer = `
  insert into consumers (tenant, consumer, stream_version)
  select $1, $2, (select max(version) from streams)
  where exists (select from consumers where tenant = $1 and consumer = $2) or (select count(*) from consumers where tenant = $1) < ${mostConsumers}
  on conflict do nothing
  returning stream_version`;

const insertLanes = (start: ConsumerStart) => `
  insert into consumer_lanes (tenant, consumer, lane, position)
  select $1, $2, lane, ${start === 'earliest' ? 'low_water' : 'head'} from lanes where stream_version = $3`;

/** Where it stands; its lanes are locked, so that no checkpoint moves between this and its end. */
const insertAudit = `
  with standing as (
    select lane, position from consumer_lanes where tenant = $1 and consumer = $2 order by lane for update
  )
  insert into consumer_audit (tenant, consumer, action, key_id, positions)
  select $1, $2, $3, $4, coalesce(jsonb_object_agg(lane, position), '{}') from standing`;

const isThere = 'select from consumers where tenant = $1 and consumer = $2';

/** Instances of one consumer take turns: each counts the others before it takes what is free. */
const lockConsumer = `${isThere} for update`;

const forgetInstances = 'delete from consumer_instances where tenant = $1 and consumer = $2 and expires_at <= clock_timestamp()';

const release = `
  update consumer_lanes set owner = null, expires_at = null
  where tenant = $1 and consumer = $2 and owner = $3 and ($4::integer[] is null or lane = any ($4))`;

const keepInstance = `
  insert into consumer_instances (tenant, consumer, instance, expires_at)
  values ($1, $2, $3, clock_timestamp() + $4::double precision * interval '1 millisecond')
  on conflict (tenant, consumer, instance) do update set expires_at = excluded.expires_at`;

const selectInstances = 'select instance from consumer_instances where tenant = $1 and consumer = $2';

const countLanes = 'select count(*)::integer as lanes from consumer_lanes where tenant = $1 and consumer = $2';

/** What ran out is not renewed, even if nobody took it: it is taken anew, under a new epoch. */
const renew = `
  with kept as (
    select lane from consumer_lanes
    where tenant = $1 and consumer = $2 and owner = $3 and expires_at > clock_timestamp() order by lane limit $5
  )
  update consumer_lanes l set expires_at = clock_timestamp() + $4::double precision * interval '1 millisecond'
  from kept where l.tenant = $1 and l.consumer = $2 and l.lane = kept.lane`;

const take = `
  with free as (
    select lane from consumer_lanes
    where tenant = $1 and consumer = $2 and (owner is null or expires_at <= clock_timestamp()) order by lane limit $5
  )
  update consumer_lanes l
  set owner = $3, epoch = l.epoch + 1, expires_at = clock_timestamp() + $4::double precision * interval '1 millisecond'
  from free where l.tenant = $1 and l.consumer = $2 and l.lane = free.lane`;

const selectHeld = `
  select lane, position, epoch, to_char(expires_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as expires_at
  from consumer_lanes where tenant = $1 and consumer = $2 and owner = $3 and expires_at > clock_timestamp() order by lane`;

const forgetInstance = 'delete from consumer_instances where tenant = $1 and consumer = $2 and instance = $3';

/** Locks the lanes in ascending order. What it says of a lane that it did not move is how the lane stands. */
const moveCheckpoints = `
  with asked as (
    select * from unnest($3::integer[], $4::bigint[], $5::bigint[], $6::bigint[]) with ordinality as a (lane, epoch, from_position, to_position, n)
  ), locked as (
    select l.lane, l.position, l.epoch, h.head
    from consumer_lanes l
    join consumers c using (tenant, consumer)
    join lanes h on h.stream_version = c.stream_version and h.lane = l.lane
    where l.tenant = $1 and l.consumer = $2 and l.lane = any ($3)
    order by l.lane for update of l
  ), judged as (
    select a.n, a.lane, a.to_position, l.position, l.epoch,
           case
             when l.lane is null then 'unknown_lane'
             when l.epoch <> a.epoch then 'fenced'
             when a.to_position > l.head then 'beyond_head'
             when l.position = a.from_position then 'moved'
             when l.position = a.to_position then 'already_there'
             else 'behind'
           end as outcome
    from asked a left join locked l using (lane)
  ), moved as (
    update consumer_lanes l set position = j.to_position, checkpointed_at = clock_timestamp()
    from judged j
    where l.tenant = $1 and l.consumer = $2 and l.lane = j.lane and j.outcome = 'moved'
  )
  select lane, outcome, case when outcome = 'moved' then to_position else position end as position, epoch from judged order by n`;

/** The pool reads bigint as a number, as create-operate-pool.ts does. The caller ends it. */
export const createConsumerDesk = (pool: Pool): ConsumerDesk => ({
  create: (id, start, keyId) => inTransaction(pool, (client) => create(client, id, start, keyId)),
  remove: ({ tenant, consumer }, keyId) =>
    inTransaction(pool, async (client) => {
      const { rowCount } = await client.query(lockConsumer, [tenant, consumer]);
      if (rowCount === 0) return false;
      await client.query(insertAudit, [tenant, consumer, 'remove', keyId]);
      await client.query('delete from consumers where tenant = $1 and consumer = $2', [tenant, consumer]);
      return true;
    }),
  join: (id, instance, leaseMs, released) => inTransaction(pool, (client) => join(client, id, instance, leaseMs, released)),
  leave: ({ tenant, consumer }, instance) =>
    inTransaction(pool, async (client) => {
      await client.query(lockConsumer, [tenant, consumer]);
      await client.query(release, [tenant, consumer, instance, null]);
      const { rowCount } = await client.query(forgetInstance, [tenant, consumer, instance]);
      return rowCount === 1;
    }),
  checkpoint: (id, checkpoints) => checkpoint(pool, id, checkpoints),
});

const create = async (client: PoolClient, { tenant, consumer }: ConsumerId, start: ConsumerStart, keyId: string | null) => {
  await client.query(oneMaker);
  await client.query(lockMarks);
  const { rows } = await client.query<{ stream_version: number }>(insertConsumer, [tenant, consumer]);
  if (rows[0] !== undefined) {
    await client.query(insertLanes(start), [tenant, consumer, rows[0].stream_version]);
    await client.query(insertAudit, [tenant, consumer, 'create', keyId]);
    return 'created';
  }
  const { rowCount } = await client.query(isThere, [tenant, consumer]);
  return rowCount === 1 ? 'there' : 'too_many';
};

const join = async (
  client: PoolClient,
  { tenant, consumer }: ConsumerId,
  instance: string,
  leaseMs: number,
  released: readonly number[],
) => {
  const id = [tenant, consumer];
  const { rowCount } = await client.query(lockConsumer, id);
  if (rowCount === 0) return null;
  await client.query(forgetInstances, id);
  if (released.length > 0) await client.query(release, [...id, instance, released]);
  await client.query(keepInstance, [...id, instance, leaseMs]);
  const instances = (await client.query<{ instance: string }>(selectInstances, id)).rows.map((row) => row.instance);
  if (instances.length > mostInstances) {
    await client.query(forgetInstance, [...id, instance]);
    return 'too_many';
  }
  const { lanes } = (await client.query<{ lanes: number }>(countLanes, id)).rows[0]!;
  const share = shareOf(instance, instances, lanes);
  const kept = (await client.query(renew, [...id, instance, leaseMs, share])).rowCount ?? 0;
  if (kept < share) await client.query(take, [...id, instance, leaseMs, share - kept]);
  const held = await client.query<Omit<ConsumerLane, 'ending'>>(selectHeld, [...id, instance]);
  // Renewed are the lowest, up to the share; taken are only those that were missing from it.
  return { instances: instances.length, lanes: held.rows.map((lane, index) => ({ ...lane, ending: index >= share })) };
};

const checkpoint = async (pool: Pool, { tenant, consumer }: ConsumerId, asked: readonly Checkpoint[]) => {
  const values = [asked.map(({ lane }) => lane), asked.map(({ epoch }) => epoch), asked.map(({ from }) => from), asked.map(({ to }) => to)];
  const { rows } = await pool.query<CheckpointResult>(moveCheckpoints, [tenant, consumer, ...values]);
  if (rows.some(({ outcome }) => outcome !== 'unknown_lane')) return rows;
  const { rowCount } = await pool.query(isThere, [tenant, consumer]);
  return rowCount === 0 ? null : rows;
};
