import type { Pool, PoolClient } from 'pg';
import { expect, test } from 'vitest';
import { admit, isRefusal } from '../../ingest/admit.ts';
import { createWorkerDatabase, eventually } from '../../workers/testing.ts';
import { createImportLedger } from './import-ledger.ts';

const lineOf = (text: string) => {
  const event = admit(Buffer.from(text), { tenant: 'default', receivedAtMs: 0, headerKey: null, newIdentity: () => '' });
  return isRefusal(event) ? expect.unreachable(event.message) : { ...event, line: 1 };
};

/** One that stands still, with its transaction open, before it moves the ledger, until it is let go. */
const frozen = (pool: Pool, held: () => void, letGo: Promise<void>): Pool =>
  ({
    query: pool.query.bind(pool),
    connect: async () => {
      const client = await pool.connect();
      client.on('error', () => {});
      const query = client.query.bind(client) as (...words: unknown[]) => Promise<unknown>;
      const slow = async (...words: unknown[]) => {
        if (typeof words[0] === 'object' && (words[0] as { text: string }).text.includes('import_ledger')) {
          held();
          await letGo;
        }
        return query(...words);
      };
      return Object.assign(Object.create(client) as PoolClient, { query: slow, release: client.release.bind(client) });
    },
  }) as unknown as Pool;

test('a process that freezes in the middle of a slice does not keep the lanes from ingest; the slice goes through when it is sent again', async () => {
  await using database = await createWorkerDatabase(1);
  await database.rows(`
    insert into imports (tenant, name, format, sha256, bytes, lines, state, rate_per_second, requested_by, why)
    values ('default', 'past', 'ndjson', '\\x00', 1, 1, 'running', 1000, 'ann', 'a test')`);
  const text = `{"system_name":"shop","object_id":"o","event_name":"paid","event_time":"2026-01-01T00:00:00Z","metadata":{},"id":"1"}`;
  // The server ends who stands still after two seconds: the look at the lanes has its connection by then.
  await Promise.all([database.rows('select'), database.rows('select')]);
  const batch = { fromLine: 1, nextLine: 2, events: [lineOf(text)], refusals: [] };
  const identities = { ready: () => Promise.resolve(true) };
  const [held, letGo] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const stuck = createImportLedger({ pool: frozen(database.pool, held.resolve, letGo.promise), identities, laneCount: 1 });
  const settling = stuck.settle({ import: 1, tenant: 'default' }, batch);
  settling.catch(() => {});
  await held.promise;
  await expect(database.rows('select from lanes for update nowait')).rejects.toMatchObject({ code: '55P03' });
  const isFree = () =>
    database.rows('select from lanes for update nowait').then(
      () => true,
      () => false,
    );
  await eventually(isFree, Boolean);
  letGo.resolve();
  await expect(settling).rejects.toMatchObject({ code: expect.stringContaining('FL_STREAM') });
  const again = createImportLedger({ pool: database.pool, identities, laneCount: 1 });
  expect(await again.settle({ import: 1, tenant: 'default' }, batch)).toMatchObject({ moved: true, appended: 1 });
}, 30_000);
