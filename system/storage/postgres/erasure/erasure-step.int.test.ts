import { expect, test } from 'vitest';
import { createWorkerDatabase } from '../../../workers/testing.ts';
import { createSession } from '../session.ts';
import { stepErasure } from './erasure-step.ts';

test('an erasure that waits lets those behind it be done, and goes on in its turn', async () => {
  await using database = await createWorkerDatabase(1);
  await using session = createSession({ databaseUrl: database.url, name: 'test', leaseMs: 10_000 });
  await database.append([
    { key: 'ann', sequence: 1 },
    { key: 'bob', sequence: 1 },
    { key: 'cem', sequence: 1 },
  ]);
  // No lane is fed: nothing is waited for but the commands.
  await database.rows('delete from checkpoints');
  await database.rows(
    `with job as (
       insert into recovery_jobs (action, selection, fix, rate_per_second, requested_by, why, request_id)
       select 'fix', '{"all": true}', '[{"op": "remove", "path": "/metadata/note"}]', 20, 'ann', 'w', gen_random_uuid() from generate_series(1, 2)
       returning job
     )
     insert into recovery_commands (job, action, processor, version, lane, position, event_id, tenant, system_name, object_id, due_at)
     select job, 'fix', 'timelines', 1, 0, job, job, 'default', 'shop', case job when 1 then 'ann' else 'bob' end, now() from job`,
  );
  await database.rows(
    `insert into erasures (tenant, system_name, object_id, is_dry_run, requested_by, why, request_id, cut)
     select 'default', 'shop', key, false, 'ann', 'w', gen_random_uuid(), '{"0": 3}' from unnest(array['ann', 'bob', 'cem']) as key`,
  );
  const done: number[] = [];
  const steps = async (count: number) => {
    for (let step = 0; step < count; step += 1) {
      const { finished } = await stepErasure(session, 'w');
      if (finished !== null) done.push(finished.erasure);
    }
  };
  await steps(40);
  const waiting = await database.rows(
    'select erasure::int as erasure, phase, waits_for from erasures where done_at is null order by erasure',
  );
  const waits_for = '1 recovery commands on the object that are not done';
  expect({ done, waiting }).toEqual({
    done: [3],
    waiting: [
      { erasure: 1, phase: 'records', waits_for },
      { erasure: 2, phase: 'records', waits_for },
    ],
  });
  // Whichever of them can go on first does.
  await database.rows('update recovery_commands set done_at = now() where job = 2');
  await steps(20);
  expect(done).toEqual([3, 2]);
  await database.rows('update recovery_commands set done_at = now() where job = 1');
  await steps(20);
  expect(done).toEqual([3, 2, 1]);
});
