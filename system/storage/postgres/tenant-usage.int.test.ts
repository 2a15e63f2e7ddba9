import type { Pool, PoolClient } from 'pg';
import { expect, test } from 'vitest';
import { migrate } from './migrate.ts';
import { addTenantUsage } from './tenant-usage.ts';
import { createTestDatabase } from './testing.ts';
import { createTestPool } from './testing-pool.ts';

/** The statement that begins so fails once, after it was sent. */
const failingOnce = (pool: Pool, beginning: string): Pool => {
  let isLeft = true;
  const wrap = (client: PoolClient) => ({
    release: (failed: boolean) => client.release(failed),
    query: async (query: { readonly text: string }) => {
      const result = await client.query(query);
      if (!isLeft || !query.text.trim().startsWith(beginning)) return result;
      isLeft = false;
      throw new Error('no answer');
    },
  });
  return { query: pool.query.bind(pool), connect: async () => wrap(await pool.connect()) } as unknown as Pool;
};

test('what a tenant appended is added once, though the answer with the sums was lost', async () => {
  await using database = await createTestDatabase();
  const pool = createTestPool(database.url);
  await migrate(pool, { lanes: 1, apply: true });
  const appended = new Map([['shop', { events: 2, bytes: 30 }]]);
  const failing = failingOnce(pool, 'select tenant');
  await expect(addTenantUsage(failing, appended)).rejects.toThrow('no answer');
  expect(await addTenantUsage(failing, appended)).toEqual(new Map([['shop', 30]]));
  await pool.query(`insert into tenant_usage values ('shop', '2001-01-01', 1, 7)`);
  // Days of which the log has no partition any more are forgotten.
  expect(await addTenantUsage(pool, new Map())).toEqual(new Map([['shop', 30]]));
  await pool.end();
});
