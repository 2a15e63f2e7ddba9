// The books as the tables have them, all lanes in one statement and so in one snapshot.
import type { Pool } from 'pg';
import type { BookRow, BookSample } from '../../history/book-sample.ts';
import { consumersIn } from './consumer-books.ts';

/** The size is a query of its own: asked once, for it looks at each file of the database. The clock is read after the snapshot: whatever the snapshot holds was written before `at`. */
const sql = `select (select pg_database_size(current_database()))::float8 as "databaseBytes", (extract(epoch from clock_timestamp()) * 1000)::float8 as "at", c.processor, c.version, c.lane, l.head::float8 as "head",
    c.position::float8 as "position", c.epoch::float8 as "epoch", c.applied::float8 as "applied", c.ignored::float8 as "ignored",
    c.parked::float8 as "parked", c.pending::float8 as "pending", c.discarded::float8 as "discarded", c.skipped::float8 as "skipped", c.shed::float8 as "shed"
  from checkpoints c join processors p using (processor, version) join lanes l on l.stream_version = p.stream_version and l.lane = c.lane
  where left(c.processor, 1) <> '_' order by c.processor, c.version, c.lane`;

export const booksIn = async (pool: Pool): Promise<BookSample> => {
  const asked = pool.query<BookRow & { readonly at: number; readonly databaseBytes: number }>(sql);
  const [{ rows }, consumers] = await Promise.all([asked, consumersIn(pool)]);
  const [first] = rows;
  return {
    at: Math.max(0, ...rows.map(({ at }) => at)),
    ...(first === undefined ? {} : { databaseBytes: first.databaseBytes }),
    ...(consumers.length === 0 ? {} : { consumers }),
    rows: rows.map(({ at: _at, databaseBytes: _bytes, ...row }) => row),
  };
};
