// Migrations at a process's start, over a connection of their own that ends before the process begins its work.
import { Pool } from 'pg';
import { migrate, type MigrateOptions, type MigrateResult } from './migrate.ts';

export const migrateOnce = async (databaseUrl: string, applicationName: string, options: MigrateOptions): Promise<MigrateResult> => {
  const pool = new Pool({ connectionString: databaseUrl, application_name: applicationName, max: 1, connectionTimeoutMillis: 10_000 });
  pool.on('error', () => {});
  // A pool that ends lets go of its connections before they are closed: one cut off just then must not end the process.
  pool.on('connect', (client) => void client.on('error', () => {}));
  try {
    return await migrate(pool, options);
  } finally {
    await pool.end();
  }
};
