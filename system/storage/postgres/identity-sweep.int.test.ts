import { expect, test } from 'vitest';
import { createWorkerDatabase } from '../../workers/testing.ts';
import { createIdentitySweep, forgetInPiece } from './identity-sweep.ts';
import { createSession } from './session.ts';
import { createSessionPool } from './session-pool.ts';

test('a walk begins anywhere, takes a share of the table in each round, and comes to all that is past the window', async () => {
  await using database = await createWorkerDatabase(1);
  await using session = createSession({ databaseUrl: database.url, name: 'test', leaseMs: 60_000 });
  // In rows of old and young by turns: wherever places were freed, what is new comes between what is old.
  await database.rows(`
    insert into identities (identity, id, body_hash, first_seen)
    select gen_random_uuid(), -n, repeat('x', 1000)::bytea, now() - (case when n % 2 = 0 then 25 else 23 end) * interval '1 hour'
    from generate_series(1, 4000) n`);
  const sweep = createIdentitySweep(createSessionPool([session]), () => 0.5);
  const left = async () =>
    (
      await database.rows<{ old: number; young: number }>(
        `select count(*) filter (where first_seen < now() - interval '24 hours')::int as old, count(*)::int as young from identities`,
      )
    )[0]!;
  const { old } = await left();
  expect(old).toBe(2000);
  expect(await sweep(24)).toBe(false);
  const after = (await left()).old;
  expect(after).toBeLessThan(old);
  expect(after).toBeGreaterThan(0);
  for (let rounds = 0; rounds < 60 && (await left()).old > 0; rounds += 1) while (await sweep(24));
  expect(await left()).toEqual({ old: 0, young: 2000 });
});

test('pages outside of a piece are not read', async () => {
  await using database = await createWorkerDatabase(1);
  await using session = createSession({ databaseUrl: database.url, name: 'test', leaseMs: 60_000 });
  const { rows } = await session.query<{ 'QUERY PLAN': string }>({
    text: `explain ${forgetInPiece}`,
    values: ['(0,0)', '(128,0)', 24],
  });
  expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toContain('Tid Range Scan');
});
