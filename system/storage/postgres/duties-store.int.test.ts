import { expect, test } from 'vitest';
import { createWorkerDatabase } from '../../workers/testing.ts';
import { createDutiesStore } from './duties-store.ts';
import { createSession } from './session.ts';
import { createSessionPool } from './session-pool.ts';

test("the rules of a fix leave with the last of their commands, which say whose values are in them; a dry run's too", async () => {
  await using database = await createWorkerDatabase(1);
  await using session = createSession({ databaseUrl: database.url, name: 'faultline-test', leaseMs: 60_000 });
  const duties = createDutiesStore(createSessionPool([session]), { worker: 'w1', keepDays: 0, sleep: () => Promise.resolve() });
  const ask = (why: string, action: string, commandsDoneDaysAgo: readonly (number | null)[]) =>
    database.rows(
      `with job as (
         insert into recovery_jobs (action, selection, fix, rate_per_second, requested_by, why, request_id, requested_at)
         values ($2, '{}', '[{"op": "replace", "path": "/metadata/note", "value": "secret"}]', 20, 'ann', $1, gen_random_uuid(), now() - interval '40 days')
         returning job
       )
       insert into recovery_commands (job, action, processor, version, lane, position, event_id, tenant, system_name, object_id, due_at, done_at)
       select job, $2, 'timelines', 1, 0, 1, 1, 'default', 'shop', 'ann', now(), now() - days * interval '1 day' from job, unnest($3::float8[]) as days`,
      [why, action, commandsDoneDaysAgo],
    );
  await ask('long done', 'fix', [35, 31]);
  await ask('long tried', 'rehearse', [31]);
  await ask('done of late', 'fix', [31, 29]);
  await ask('open', 'fix', [null]);
  // Whose commands an older release has forgotten.
  await ask('without', 'fix', []);
  await duties.tidy();
  expect(
    await database.rows(
      `select why, fix is not null as kept, (select count(*)::int from recovery_commands c where c.job = j.job) as commands
       from recovery_jobs j order by job`,
    ),
  ).toEqual([
    { why: 'long done', kept: false, commands: 0 },
    { why: 'long tried', kept: false, commands: 0 },
    { why: 'done of late', kept: true, commands: 1 },
    { why: 'open', kept: true, commands: 1 },
    { why: 'without', kept: false, commands: 0 },
  ]);
});
