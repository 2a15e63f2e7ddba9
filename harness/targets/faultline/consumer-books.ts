// Where those who consume elsewhere stand, as the tables have it.
import type { Pool } from 'pg';
import type { ConsumerBook } from '../../history/book-sample.ts';

/** As telemetry names them. */
export const consumerNameSql = `case when c.tenant = 'default' then c.consumer else c.tenant || '/' || c.consumer end`;

/** The clock is read after the snapshot: whatever the snapshot holds was written before `at`. */
const sql = `select (extract(epoch from clock_timestamp()) * 1000)::float8 as "at", ${consumerNameSql} as "consumer", sum(h.head)::float8 as "head",
    sum(l.position)::float8 as "position"
  from consumer_lanes l join consumers c using (tenant, consumer) join lanes h on h.stream_version = c.stream_version and h.lane = l.lane
  group by 2 order by 2`;

export const consumersIn = async (pool: Pool): Promise<readonly ConsumerBook[]> => (await pool.query<ConsumerBook>(sql)).rows;
