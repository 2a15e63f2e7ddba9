// Work in one transaction on a connection of a pool.
import type { Pool, PoolClient } from 'pg';

/** Commits what resolves, and rolls back what rejects. */
export const inTransaction = async <Result>(pool: Pool, work: (client: PoolClient) => Promise<Result>): Promise<Result> => {
  const client = await pool.connect();
  let broken = true;
  try {
    await client.query('begin');
    const result = await work(client).catch(async (error: unknown) => {
      await client.query('rollback').then(
        () => (broken = false),
        () => undefined,
      );
      throw error;
    });
    await client.query('commit');
    broken = false;
    return result;
  } finally {
    // A connection in an unknown state is closed: its transaction is rolled back.
    client.release(broken);
  }
};
