// Retention on PostgreSQL: whole partitions of the log go, oldest first, once everybody who must has read them.
// First the low-water marks are raised, in a transaction of its own; then the partition is detached, without stopping appends; then it is dropped.
import type { Client } from 'pg';
import type { LogRetention, RetentionPolicy, RetentionRound, Unread } from '../../workers/log-retention.ts';
import { inTransaction, type Session } from './session.ts';
import type { SessionPool } from './session-pool.ts';

/** Days that ended longer ago than they are kept. Also what was decided on and is still there: detached, or half detached, when its worker died. */
const selectPast = `
  select c.relname as partition, (to_date(substr(c.relname, 5), 'YYYYMMDD') + 1)::text as until, i.inhparent is not null as is_attached,
         coalesce(i.inhdetachpending, false) as is_pending, d.partition is not null as is_decided
  from pg_class c
  left join pg_inherits i on i.inhrelid = c.oid and i.inhparent = 'log'::regclass
  left join log_drops d on d.partition = c.relname and d.dropped_at is null
  where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and c.relname ~ '^log_[0-9]{8}$'
    and to_date(substr(c.relname, 5), 'YYYYMMDD') + 1 <= (now() at time zone 'UTC')::date - $1::integer
    and (i.inhparent is not null or d.partition is not null)
  order by 1`;

type Past = { partition: string; until: string; is_attached: boolean; is_pending: boolean; is_decided: boolean };

/** Whoever begins a processor at the low-water mark takes it shared, so that the mark does not move under it. */
const oneRound = 'select pg_advisory_xact_lock(1717660005, 4)';

/**
 * The highest position of each lane in the partition; one step in the primary key a lane. A transaction that began before midnight may have appended after
 * one that began later, so that a day's highest position can be above another's lowest: the mark covers both.
 */
const selectMarks = (partition: string) => `
  select l.lane, m.position
  from lanes l
  cross join lateral (
    select position from ${partition} where stream_version = l.stream_version and lane = l.lane order by position desc limit 1
  ) m
  where l.stream_version = (select max(version) from streams)
  order by l.lane`;

type Mark = { lane: number; position: number };

const selectReaders = `
  with marks as (select * from unnest($1::integer[], $2::bigint[]) as m (lane, position))
  select 'processor' as kind, c.processor || '/' || c.version as name
  from checkpoints c join processors p using (processor, version) join marks m using (lane)
  where p.state <> 'retired' and c.position < m.position
  group by 2
  union all
  select 'consumer', case when c.tenant = 'default' then c.consumer else c.tenant || '/' || c.consumer end
  from consumer_lanes c join marks m using (lane)
  where c.position < m.position
  group by 2
  order by 1, 2`;

type Reader = { kind: 'processor' | 'consumer'; name: string };

/** Locks the lanes in ascending order, as an append does, and for no longer. */
const raiseMarks = `
  with ordered as (
    select l.lane, m.position from lanes l join unnest($1::integer[], $2::bigint[]) as m (lane, position) using (lane)
    where l.stream_version = (select max(version) from streams) order by l.lane for update of l
  )
  update lanes l set low_water = greatest(l.low_water, o.position)
  from ordered o where l.stream_version = (select max(version) from streams) and l.lane = o.lane`;

const decide = `
  insert into log_drops (partition, until, marks, passed_by, decided_by) values ($1, ($2 || ' 00:00:00+00')::timestamptz, $3, $4, $5)
  on conflict (partition) do nothing`;

const markDropped = 'update log_drops set dropped_at = clock_timestamp() where partition = $1';

/** The time that a lock may take: behind somebody who holds the log for long the round is given up, and the next one goes on. */
const beginDeciding = `begin; set local lock_timeout = '2s'; set local synchronous_commit = on; set local enable_seqscan = on`;

export const createLogRetention = (sessions: SessionPool, worker: string): LogRetention => ({
  dropPast: (policy) => sessions.use((session) => round(session, worker, policy)),
});

const round = async (session: Session, worker: string, policy: RetentionPolicy): Promise<RetentionRound> => {
  const dropped: string[] = [];
  if (policy.keepDays === 0) return { dropped, waits: null };
  const { rows } = await session.query<Past>({ text: selectPast, values: [policy.keepDays] });
  for (const past of rows) {
    const waits = past.is_decided ? null : await inTransaction(session, (client) => decideOn(client, past, worker, policy), beginDeciding);
    if (waits !== null) return { dropped, waits };
    await drop(session, past);
    dropped.push(past.partition);
  }
  return { dropped, waits: null };
};

/** null: it may go, and that is written down. */
const decideOn = async (client: Client, { partition, until }: Past, worker: string, policy: RetentionPolicy): Promise<Unread | null> => {
  await client.query(oneRound);
  const marks = (await client.query<Mark>(selectMarks(partition))).rows;
  const arrays = [marks.map(({ lane }) => lane), marks.map(({ position }) => position)];
  const readers = (await client.query<Reader>(selectReaders, arrays)).rows;
  const held = readers.filter(({ kind }) => kind === 'processor' || policy.consumers === 'wait');
  if (held.length > 0) return { partition, readers: held.map(({ kind, name }) => (kind === 'processor' ? name : `consumer ${name}`)) };
  const marksByLane = JSON.stringify(Object.fromEntries(marks.map(({ lane, position }) => [lane, position])));
  await client.query(decide, [partition, until, marksByLane, readers.map(({ name }) => name), worker]);
  await client.query(raiseMarks, arrays);
  return null;
};

/**
 * DETACH … CONCURRENTLY takes SHARE UPDATE EXCLUSIVE on the log, which appends and reads do not wait for, and waits for those that began before it. It can't be in a
 * transaction; where it was broken off, FINALIZE ends it. DROP alone would lock the whole log, and every append would wait behind it.
 */
const drop = async (session: Session, { partition, is_attached: isAttached, is_pending: isPending }: Past): Promise<void> => {
  if (isAttached) await session.query({ text: `alter table log detach partition ${partition} ${isPending ? 'finalize' : 'concurrently'}` });
  await session.query({ text: `drop table if exists ${partition}` });
  await session.query({ text: markDropped, values: [partition] });
};
