// What faultline has to know of the tracker: how it is started, and what it kept. It has no metrics, no books and no workers; that is said, and not judged.
import { fileURLToPath } from 'node:url';
import { defineTarget } from 'faultline/target';
import pg from 'pg';

const tracker = fileURLToPath(new URL('./tracker.js', import.meta.url));

const kept = `select id::float8 as "id", system_name as "systemName", object_id as "objectId", event_name as "eventName",
  client_id as "idempotencyKey", (extract(epoch from received_at) * 1000)::float8 as "receivedAt" from events order by id`;

export default defineTarget({
  name: 'fifty-line-tracker',
  postgres: true,
  offers: ['read-back', 'processes', 'database'],
  lacks: { metrics: 'it exports none', books: 'it keeps no account of what it did', leases: 'it has no workers' },
  start: async ({ databaseUrl, startProcess }) => {
    const { address } = await startProcess({
      role: 'ingest',
      args: [tracker],
      environment: { DATABASE_URL: databaseUrl },
      portVariable: 'PORT',
      ready: /listening on (http:\S+)/,
    });
    return {
      url: address,
      // It answers once the row is there: nothing is ever on its way.
      pending: async () => [],
      readBack: async function* () {
        const client = new pg.Client({ connectionString: databaseUrl });
        await client.connect();
        try {
          yield* (await client.query(kept)).rows;
        } finally {
          await client.end();
        }
      },
    };
  },
});
