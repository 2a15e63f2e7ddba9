import { Pool } from 'pg';
import { expect, test, vi } from 'vitest';
import { migrate } from '../../storage/postgres/migrate.ts';
import { createTestDatabase } from '../../storage/postgres/testing.ts';
import { createTestPool } from '../../storage/postgres/testing-pool.ts';
import { startLogUpkeep } from './log-upkeep.ts';

const partitions = `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'log'::regclass order by 1`;

test('partitions that are missing are made again, and old marks leave; recent ones stay', async () => {
  await using database = await createTestDatabase();
  const pool = createTestPool(database.url);
  await migrate(pool, { lanes: 1, apply: true });
  const { rows } = await pool.query<{ name: string }>(partitions);
  expect(rows).toHaveLength(8);
  await pool.query(`drop table ${rows[5]!.name}`);
  await pool.query(`insert into counted_batches values (1, now() - interval '2 hours'), (2, now())`);
  const failures: unknown[] = [];
  const upkeep = startLogUpkeep(pool, { mayCreate: true, onFailure: (error) => failures.push(error), everyMs: 20 });
  await vi.waitFor(async () => expect((await pool.query('select first_id from counted_batches')).rows).toEqual([{ first_id: '2' }]), {
    timeout: 20_000,
  });
  await upkeep[Symbol.asyncDispose]();
  expect((await pool.query(partitions)).rows).toEqual(rows);
  expect(failures).toEqual([]);
  await pool.end();
});

test('a failure is told, and does not end it', async () => {
  const pool = new Pool({ connectionString: 'postgresql://faultline@127.0.0.1:1/none' });
  const failures: unknown[] = [];
  const upkeep = startLogUpkeep(pool, { mayCreate: true, onFailure: (error) => failures.push(error), everyMs: 10 });
  await expect.poll(() => failures.length, { timeout: 5000 }).toBeGreaterThan(1);
  await upkeep[Symbol.asyncDispose]();
  await pool.end();
});
