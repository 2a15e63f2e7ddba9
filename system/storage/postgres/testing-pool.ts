// For integration tests: a pool on a test database, whose connections may be cut off at any moment, also while they end.
import { Pool } from 'pg';

/** The caller ends it. */
export const createTestPool = (url: string, max = 10): Pool => {
  const pool = new Pool({ connectionString: url, max });
  pool.on('error', () => {});
  // An ended pool no longer listens, but its connections close a moment later: dropping the database then must not be an uncaught error.
  pool.on('connect', (client) => void client.on('error', () => {}));
  return pool;
};
