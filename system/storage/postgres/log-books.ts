// What the books say of the log's partitions: how far they are made ahead, how far back they go, what retention left behind.
import type { Client } from 'pg';
import { signals } from '../../contract/signals.ts';
import type { BookEntry } from '../../telemetry/accounting.ts';

/** Further ahead than anybody makes them. */
const mostAhead = 400;

const selectPartitions = `
  with days as (
    select to_date(substr(c.relname, 5), 'YYYYMMDD') as day from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'log'::regclass and c.relname ~ '^log_[0-9]{8}$'
  ), today as (
    select (now() at time zone 'UTC')::date as day
  )
  select coalesce((
           select min(n) from generate_series(1, ${mostAhead}) n where not exists (select from days where days.day = today.day + n)
         ), ${mostAhead + 1}) - 1 as ahead,
         (select count(*)::integer from days where $1::integer > 0 and days.day + 1 <= today.day - $1::integer) as overdue,
         extract(epoch from now() - (select min(day)::timestamp at time zone 'UTC' from days))::double precision as oldest_seconds
  from today`;

const selectLowWater = 'select lane, low_water from lanes where stream_version = (select max(version) from streams)';

export const readLogBooks = async (client: Client, keepDays: number): Promise<readonly BookEntry[]> => {
  const [partitions, marks] = await Promise.all([
    client.query<{ ahead: number; overdue: number; oldest_seconds: number | null }>(selectPartitions, [keepDays]),
    client.query<{ lane: number; low_water: number }>(selectLowWater),
  ]);
  const { ahead, overdue, oldest_seconds: oldestSeconds } = partitions.rows[0]!;
  return [
    { signal: signals.logPartitionsAhead, attributes: {}, value: ahead },
    { signal: signals.logPartitionsOverdue, attributes: {}, value: overdue },
    // Without a partition there is no age, which is not 0.
    ...(oldestSeconds === null ? [] : [{ signal: signals.logOldestAge, attributes: {}, value: oldestSeconds }]),
    ...marks.rows.map(({ lane, low_water: value }): BookEntry => ({
      signal: signals.logLowWater,
      attributes: { 'faultline.lane': lane },
      value,
    })),
  ];
};
