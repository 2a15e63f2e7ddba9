import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { books, createWorkerDatabase, type WorkerDatabase } from '../../workers/testing.ts';
import type { Tenure } from '../../workers/checkpoint.ts';
import type { RecoveryCommand } from '../../workers/recovery-store.ts';
import { emptySettlement } from '../../workers/settlement.ts';
import { createLaneStore } from './lane-store.ts';
import { createRecoveryStore } from './recovery-store.ts';
import { createSession } from './session.ts';
import { createSessionPool } from './session-pool.ts';
import { createTimelines } from './timelines.ts';

const tenure: Tenure = { processor: 'timelines', version: 1, lane: 0, epoch: 0 };
const failure = { code: 'handler_threw' as const, message: 'no', errorType: null };
const timelines = createTimelines(() => ({ summary: null }));

let database: WorkerDatabase;
const cleanUp = new AsyncDisposableStack();
const session = () => cleanUp.use(createSession({ databaseUrl: database.url, name: 'faultline-test', leaseMs: 60_000 }));

/** Three events of one key in the park, the first a dead letter. */
beforeAll(async () => {
  database = cleanUp.use(await createWorkerDatabase(1));
  await database.append([{ name: 'e1' }, { name: 'e2' }, { name: 'e3' }]);
  const store = createLaneStore(session(), 'w');
  const key = { tenant: 'default', systemName: 'shop', objectId: 'k' };
  await store.settle(
    tenure,
    0,
    {
      ...emptySettlement,
      toPosition: 3,
      parkFailed: [{ position: 1, failure, attempts: 3 }],
      parkBehind: [2, 3],
      parkedKeys: [{ key, state: 'parked', retryAfterMs: null }],
    },
    timelines.apply,
  );
});
afterAll(() => cleanUp.disposeAsync());

const ask = async (action: RecoveryCommand['action'], fix: RecoveryCommand['fix'] = null): Promise<RecoveryCommand> => {
  const [row] = await database.rows<{ command: string; job: string }>(
    `with job as (
       insert into recovery_jobs (action, selection, fix, rate_per_second, requested_by, why, request_id)
       values ($1, '{}', $2, 20, 'ann', 'a test', gen_random_uuid()) returning job
     )
     insert into recovery_commands (job, action, processor, version, lane, position, event_id, tenant, system_name, object_id, due_at)
     select job, $1, 'timelines', 1, 0, 1, 1, 'default', 'shop', 'k', now() from job returning command, job`,
    [action, fix === null ? null : JSON.stringify(fix)],
  );
  const key = { tenant: 'default', systemName: 'shop', objectId: 'k' };
  return {
    processor: 'timelines',
    version: 1,
    lane: 0,
    command: Number(row!.command),
    job: Number(row!.job),
    action,
    key,
    position: 1,
    fix,
    requestedBy: 'ann',
  };
};
const everything = () =>
  database.rows(`select (select json_agg(e) from parked_events e) as events, (select json_agg(k) from parked_keys k) as keys,
    (select json_agg(c) from checkpoints c) as checkpoints, (select json_agg(c) from recovery_commands c) as commands,
    (select count(*) from recovery_audit) as audit, (select count(*) from event_recoveries) as recoveries, (select count(*) from recovery_totals) as totals`);

describe('what operators ask for', () => {
  test('changes nothing under an epoch that is not that of the lane', async () => {
    const store = createRecoveryStore(createSessionPool([session()]), 'zombie');
    const command = await ask('discard');
    const before = await everything();
    const zombie = { ...tenure, epoch: 7 };
    for (const carried of [
      await store.discard(zombie, command),
      await store.startReplay(zombie, command),
      await store.fix(zombie, command, (body) => ({ outcome: 'changed', body: `${body} `, changes: [] })),
      await store.unfix(zombie, command),
      await store.startRehearsal(zombie, command),
      await store.endRehearsal(zombie, command, { events: [], more: false }),
    ])
      expect(carried).toMatchObject({ outcome: 'fenced', end: null });
    expect(await everything()).toEqual(before);
    await database.rows('delete from recovery_commands');
  });

  test('is due in the order of asking, once it is due, and not once it is done or begun', async () => {
    const store = createRecoveryStore(createSessionPool([session()]), 'w');
    const [fix, replay, later] = [await ask('fix', [{ op: 'remove', path: '/metadata/a' }]), await ask('replay'), await ask('unfix')];
    await database.rows(`update recovery_commands set due_at = now() + interval '1 hour' where command = $1`, [later.command]);
    expect(await store.due([tenure], 10)).toEqual([fix, replay]);
    expect(await store.due([{ ...tenure, version: 2 }], 10)).toEqual([]);
    await database.rows('update recovery_commands set started_at = now() where command = $1', [fix.command]);
    await database.rows('update recovery_commands set done_at = now() where command = $1', [replay.command]);
    expect(await store.due([tenure], 10)).toEqual([]);
    await database.rows('delete from recovery_commands');
  });

  test('of a fix gives the processor another body, one over the other, and takes it back; the body that came stays', async () => {
    const pool = createSessionPool([session()]);
    const store = createRecoveryStore(pool, 'w');
    const lanes = createLaneStore(session(), 'w');
    const bodies = async () =>
      (await lanes.loadParked(tenure, { tenant: 'default', systemName: 'shop', objectId: 'k' }, 10, 1e9)).map(({ body }) => body);
    const before = await bodies();
    const suffix = (text: string) => (body: string) => ({ outcome: 'changed' as const, body: body + text, changes: [] });
    const untilDone = async (command: RecoveryCommand, text: string) => {
      for (;;) {
        const { end } = await store.fix(tenure, command, suffix(text));
        if (end !== null) return end;
      }
    };
    expect(await untilDone(await ask('fix', []), ' ')).toMatchObject({ outcome: 'fixed', events: 3, requestedBy: 'ann' });
    expect(await untilDone(await ask('fix', []), '\n')).toMatchObject({ outcome: 'fixed', events: 3 });
    expect(await bodies()).toEqual(before.map((body) => `${body} \n`));
    expect((await database.rows<{ body: string }>('select body from parked_events order by position')).map(({ body }) => body)).toEqual(
      before,
    );
    expect((await store.unfix(tenure, await ask('unfix'))).end).toMatchObject({ outcome: 'fixed', events: 3 });
    expect(await bodies()).toEqual(before);
    expect((await store.unfix(tenure, await ask('unfix'))).end).toMatchObject({ outcome: 'unchanged', events: 0 });
  });

  test('of a replay starts it once: a second one finds no dead letter, and neither does a discard', async () => {
    const store = createRecoveryStore(createSessionPool([session()]), 'w');
    expect(await store.startReplay(tenure, await ask('replay'))).toMatchObject({ outcome: 'advanced', end: null });
    const late = await ask('discard');
    expect((await store.discard(tenure, late)).end).toMatchObject({ outcome: 'gone', events: 0 });
    expect((await books(database))['timelines']).toMatchObject({ parked: 3, discarded: 0, drop: 0 });
    expect(
      await database.rows(
        `select state, attempts, earlier_attempts from parked_keys, parked_events join event_recoveries using (position) where position = 1`,
      ),
    ).toEqual([{ state: 'retrying', attempts: 0, earlier_attempts: 3 }]);
  });
});
