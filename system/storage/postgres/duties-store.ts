// The elected worker's duties on PostgreSQL. The lease is looked at in the same snapshot as the books: whoever lost it reads nothing to export.
import type { DutiesStore } from '../../workers/duties-store.ts';
import { readBooks } from './books.ts';
import { createCountsIndex } from './counts-index.ts';
import { holdsDuties } from './holds-duties.ts';
import { countEffects } from './effects-count.ts';
import { stepErasure } from './erasure/erasure-step.ts';
import { stepComparison } from './rebuild/comparison-step.ts';
import { stepDrop } from './rebuild/drop-step.ts';
import { closeAbandoned, closeLeftOver } from './recovery-end.ts';
import { createLogRetention } from './log-retention.ts';
import { inTransaction, type Session } from './session.ts';
import { createIdentitySweep } from './identity-sweep.ts';
import type { SessionPool } from './session-pool.ts';

const keptLeaseEvents = 10_000;
const forgetLeaseEvents = `
  delete from lease_events where id in (
    select id from lease_events where id <= (select max(id) from lease_events) - $1 order by id limit 1000
  )`;
const forgetWorkers = `delete from workers where seen_at < clock_timestamp() - interval '1 hour'`;

const forgetRuns = 'delete from worker_processors p where not exists (select from workers w where w.worker = p.worker)';

/** A version that nobody runs any more, of a processor that goes on in a newer one: it rests, with all that it has, until somebody runs it again. */
const retireReplaced = `
  update processors p set state = 'retired'
  from own_processors o
  where (o.processor, o.version) = (p.processor, p.version) and p.state = 'active'
    and exists (select from processors n where n.processor = p.processor and n.version > p.version and n.state = 'active')
    and not exists (
      select from worker_processors r join workers w using (worker)
      where (r.processor, r.version) = (p.processor, p.version) and w.seen_at > clock_timestamp() - interval '1 minute'
    )`;

/** A moment is given for a key that is just being parked. */
const closeIdleCommands = `
  update park_commands c set done_at = clock_timestamp(), outcome = 'the key is not parked'
  where done_at is null and requested_at < clock_timestamp() - interval '1 second'
    and not exists (
      select from parked_keys k
      where (k.processor, k.version, k.tenant, k.system_name, k.object_id) = (c.processor, c.version, c.tenant, c.system_name, c.object_id)
    )`;

/**
 * What was done stays in the audit. A job's fix goes with the last of its commands: they alone say whose values are in it, and an erasure would not find it any
 * more. One that never had a command stays for a day, so that its request sent again is still the same.
 */
const forgetRecoveries = `
  with forgotten as (
    delete from recovery_commands where command in (
      select command from recovery_commands where done_at < clock_timestamp() - interval '30 days' limit 1000
    )
    returning command
  )
  update recovery_jobs j set fix = null
  where j.fix is not null and j.requested_at < clock_timestamp() - interval '1 day'
    and not exists (select from recovery_commands c where c.job = j.job and c.command not in (select command from forgotten))`;

const tidyings: readonly (readonly [text: string, values?: readonly unknown[]])[] = [
  [forgetLeaseEvents, [keptLeaseEvents]],
  [forgetWorkers],
  [forgetRuns],
  [retireReplaced],
  ['select append_housekeeping()'],
  ['select datagrams_housekeeping()'],
  ['select fold_datagrams()'],
  ['select fold_datagram_doors()'],
  [forgetRecoveries],
];

/** Whole tables are read here, small ones: the planner may scan them. */
const beginReading = `begin isolation level repeatable read read only; set local enable_seqscan = on; set local lock_timeout = '200ms'`;

const partitionsAheadDays = 7;

export type DutiesStoreOptions = {
  readonly worker: string;
  /** Of retention, for what the books say of it; 0: nothing is dropped. */
  readonly keepDays: number;
  readonly sleep: (delayMs: number) => Promise<unknown>;
  /** For the comparison of versions alone: its snapshots are told apart by the connection (comparison-step.ts). */
  readonly comparisons: SessionPool;
  /** For the count of the effects alone. */
  readonly effects: Session;
  /** For an index that is being made, alone: closed where there is none to make. */
  readonly indexes: Session;
};

export const createDutiesStore = (
  sessions: SessionPool,
  { worker, keepDays, sleep, comparisons, effects, indexes }: DutiesStoreOptions,
): DutiesStore => {
  const changed = (text: string, values: readonly unknown[] = []) =>
    sessions.use(async (session) => (await session.query({ text, values })).rowCount ?? 0);
  return {
    readBooks: (epoch) =>
      sessions.use((session) =>
        inTransaction(
          session,
          async (client) => ((await holdsDuties(client, worker, epoch)) ? readBooks(client, keepDays) : null),
          beginReading,
        ),
      ),
    countEffects: (epoch, signal) => countEffects(effects, { worker, epoch }, signal),
    dropPast: createLogRetention(sessions, worker).dropPast,
    makePartitions: () =>
      sessions.use(async (session) => {
        const values = [partitionsAheadDays];
        const { rows } = await session.query<{ made: number }>({ text: 'select ensure_log_partitions($1) as made', values });
        return rows[0]?.made ?? 0;
      }),
    makeCountsIndex: createCountsIndex(sessions, indexes),
    forgetIdentities: createIdentitySweep(sessions),
    tidy: async () => {
      const failures: unknown[] = [];
      // Each on its own: what one of them meets every time must not keep the others from their work.
      for (const [text, values] of tidyings) await changed(text, values).catch((error: unknown) => failures.push(error));
      if (failures.length > 0)
        throw failures.length === 1 ? failures[0] : new AggregateError(failures, `${failures.length} tables could not be tidied`);
    },
    closeIdleCommands: () => changed(closeIdleCommands),
    compareVersions: () => comparisons.use((session) => stepComparison(session, sleep)),
    eraseNext: () => sessions.use((session) => stepErasure(session, worker)),
    removeDropped: () => sessions.use(stepDrop),
    closeIdleRecoveries: async () => {
      const closed = await changed(closeLeftOver, [worker]);
      return closed + (await changed(closeAbandoned, [worker]));
    },
  };
};
