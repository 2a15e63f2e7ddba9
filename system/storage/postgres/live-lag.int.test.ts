import { expect, test } from 'vitest';
import { createWorkerDatabase } from '../../workers/testing.ts';
import { selectLiveLag } from './live-lag.ts';
import { registerAll } from './register-processors.ts';

test("the live lag is that of ours and of what somebody runs, and not of a team's processor that nobody runs any more", async () => {
  await using database = await createWorkerDatabase(1);
  const client = await database.pool.connect();
  const own = { name: 'ledger', file: 'ledger.ts', takesNumbers: true, statements: { first: [], following: [] }, tablesSha256: 'x' };
  await registerAll(client, [{ ...own, version: 1 }], { apply: true, previousVersion: 'none' });
  client.release();
  await database.append([{ key: 'a' }]);
  const isLate = async () => (await database.rows<{ seconds: number }>(selectLiveLag))[0]!.seconds > 0;
  expect(await isLate()).toBe(true);
  await database.rows(`update checkpoints set position = 1 where processor in ('events', 'timelines')`);
  expect(await isLate()).toBe(false);
  await database.rows(`insert into workers (worker, host, pid) values ('w', 'h', 1)`);
  await database.rows(`insert into worker_processors (worker, processor, version) values ('w', 'ledger', 1)`);
  expect(await isLate()).toBe(true);
  await database.rows(`update workers set seen_at = clock_timestamp() - interval '5 minutes'`);
  expect(await isLate()).toBe(false);
});
