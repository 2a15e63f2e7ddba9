// What the database takes on disk: all of its relations and their indexes, in every tablespace. The write-ahead log is the server's and is not in it.
import type { Pool } from 'pg';

/** Sizes of files are added up; no table is read and no lock is taken. Needs CONNECT on the database, which whoever is connected has. */
const databaseSize = 'select pg_database_size(current_database())::text as bytes';

/** Bytes. Rejects while the database can't be asked. `withinMs`: a server that froze answers no statement and times none out. */
export const readDatabaseSize = async (pool: Pick<Pool, 'query'>, withinMs = 5000): Promise<number> => {
  const query = { text: databaseSize, query_timeout: withinMs };
  const { rows } = await pool.query<{ bytes: string }>(query);
  return Number(rows[0]!.bytes);
};
