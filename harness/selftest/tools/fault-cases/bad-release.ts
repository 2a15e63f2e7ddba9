// A bad release of a worker, on a small worker that parks what it fails on in a real database.
import { startSmallTarget } from '../../../faults/testing/small-target.ts';
import type { Fault } from '../../../scenario/scenario.ts';
import { claimsNothing, type FaultCase, moment, seenOnAndGoneAfter, type Stage } from './fault-case.ts';
import type { SharedServer } from './shared-server.ts';

const fault: Fault = { kind: 'bad-release', name: 'bad-release', at: moment, role: 'worker', index: 0, seconds: 1 };
const failsWith = { processor: 'timelines', reason: 'handler_threw', message: 'this release knows no such event' } as const;
const tableSql = `create table if not exists parked_events
  (worker text not null, processor text not null, reason_code text, reason_message text, at timestamptz not null default clock_timestamp())`;
const lastSql = `select 1 from parked_events where at > clock_timestamp() - interval '0.3 s' limit 1`;

const openStage = async (shared: SharedServer, deaf: boolean): Promise<Stage> => {
  const { databaseUrl, pool, small } = await shared.get();
  await pool.query(tableSql);
  const worker = await startSmallTarget({
    program: 'worker',
    environment: { SMALL_WORKER_DATABASE: databaseUrl },
    deaf,
    parts: { query: small.target().query, badRelease: { environment: { SMALL_WORKER_BAD_RELEASE: 'true' }, failsWith } },
  });
  return {
    target: worker.target,
    isFelt: async () => (await pool.query(lastSql)).rows.length > 0,
    [Symbol.asyncDispose]: () => worker[Symbol.asyncDispose](),
  };
};

export const badReleaseCase = (shared: SharedServer): FaultCase => ({
  of: 'bad-release',
  isSlow: true,
  red: claimsNothing('a worker that starts with its old release claims no effect', { fault, open: () => openStage(shared, true) }),
  green: seenOnAndGoneAfter({ fault, open: () => openStage(shared, false) }),
});
