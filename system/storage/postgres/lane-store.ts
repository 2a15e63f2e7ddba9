// The lane store on PostgreSQL, over one session that the caller owns.
import type { Client } from 'pg';
import type { FoundCheckpoint, LaneId, Tenure } from '../../workers/checkpoint.ts';
import { classifyError } from '../../workers/error-class.ts';
import { describeFailure, type Failure } from '../../workers/failure.ts';
import type { Apply, LaneStore } from '../../workers/lane-store.ts';
import type { HandledEvent } from '../../workers/processor.ts';
import type { RecoveryEnd } from '../../workers/recovery-store.ts';
import { loadAttempt, loadEarly, loadKeys, loadKeysWithDueEarly, loadParked } from './lane-reads.ts';
import { inTransaction, type Session } from './session.ts';
import { noteReplay } from './recovery-end.ts';
import { settleLane, settleOpen, writeSettlement } from './settle.ts';
import { createEventTransactions } from './event-transactions.ts';
import { toTransaction } from './transaction.ts';

/** Under the checkpoint's lock and epoch, as every write: a zombie must not count attempts either. */
const addAttempt = `
  update checkpoints
  set attempt_count = case when attempt_position = $5 then attempt_count + 1 else 1 end, attempt_position = $5
  where processor = $1 and version = $2 and lane = $3 and epoch = $4
  returning attempt_count`;

/** Behind a statement that waits for the lock. What is selected is read again once the lock is had; a row that a condition hid before would stay hidden. */
const selectAttempts = `
  select case when attempt_position = $4 then attempt_count else 0 end as count from checkpoints
  where processor = $1 and version = $2 and lane = $3
  for no key update`;

const takeOffAttempts = `
  update checkpoints
  set attempt_count = greatest(attempt_count - coalesce($6::integer, attempt_count), 0),
      attempt_position = case when attempt_count > $6::integer then attempt_position end
  where processor = $1 and version = $2 and lane = $3 and epoch = $4 and attempt_position = $5`;

const selectCheckpoint = 'select position, epoch from checkpoints where processor = $1 and version = $2 and lane = $3';

/** One statement: an attempt that is counted, and then not answered for as the next one failed, would be a death. */
const addRetry = `
  with found as (
    select position, epoch from checkpoints where processor = $1 and version = $2 and lane = $3 for no key update
  ), owned as (
    select from found where epoch = $4
  ), counted as (
    update parked_events set attempts = attempts + 1
    where processor = $1 and version = $2 and lane = $3 and position = $5 and exists (select from owned)
  ), moved as (
    update parked_keys set next_attempt_at = clock_timestamp() + $9 * interval '1 millisecond'
    where processor = $1 and version = $2 and tenant = $6 and system_name = $7 and object_id = $8 and exists (select from owned)
  )
  select position, epoch from found`;

/** As `selectAttempts`. The event is locked too: without that, what is read of it is from before the wait. */
const selectRetries = `
  with found as (
    select from checkpoints where processor = $1 and version = $2 and lane = $3 for no key update
  )
  select attempts as count from parked_events
  where processor = $1 and version = $2 and lane = $3 and position = $4 and exists (select from found)
  for no key update`;

/** Of one that an operator replays meanwhile there is less to take off: it has all its attempts before it. */
const takeOffRetry = `
  with owned as (
    select from checkpoints where processor = $1 and version = $2 and lane = $3 and epoch = $4 for no key update
  )
  update parked_events set attempts = greatest(attempts - $6::integer, 0)
  where processor = $1 and version = $2 and lane = $3 and position = $5 and exists (select from owned)`;

export const createLaneStore = (session: Session, worker: string): LaneStore => ({
  attempt: (lane) => loadAttempt(session, lane),
  loadKeys: (lane, keys, arriving) => loadKeys(session, lane, keys, arriving),
  loadKeysWithDueEarly: (lane, limit) => loadKeysWithDueEarly(session, lane, limit),
  loadEarly: (lane, early, maxBytes) => loadEarly(session, lane, early, maxBytes),
  loadParked: (lane, key, limit, maxBytes, order) => loadParked(session, lane, key, { limit, maxBytes, order: order ?? 'position' }),
  settle: async (tenure, expectedPosition, settlement, apply) => {
    const { toPosition, staysCareful, retriedKey } = settlement;
    const write = writeSettlement(tenure, worker, settlement, apply as Apply<unknown>);
    let replay: RecoveryEnd | null = null;
    const settled = await settleLane(session, tenure, { expectedPosition, toPosition, staysCareful }, async (client) => {
      const { books, doneParked } = await write(client);
      if (retriedKey !== null) replay = await noteReplay(client, tenure, worker, retriedKey, doneParked);
      return books;
    });
    return { ...settled, replay };
  },
  decide: async (tenure, expectedPosition, decide) => {
    let replay: RecoveryEnd | null = null;
    const settled = await settleOpen(session, tenure, expectedPosition, async (client) => {
      const settlement = await decide(createEventTransactions(client));
      if (settlement === null) return null;
      const { toPosition, staysCareful, retriedKey } = settlement;
      const { books, doneParked } = await writeSettlement(tenure, worker, settlement, countHandled)(client);
      if (retriedKey !== null) replay = await noteReplay(client, tenure, worker, retriedKey, doneParked);
      return { books, toPosition, staysCareful };
    });
    return settled === null ? null : { ...settled, replay };
  },
  rehearse: (decide) => rolledBack(session, async (client) => void (await decide(createEventTransactions(client)))),
  findRefused: (handled, apply) => findRefused(session, handled, apply),
  noteAttempt: async (tenure, position) => {
    const { rows } = await session.query<{ attempt_count: number }>({
      text: addAttempt,
      values: [...ids(tenure), tenure.epoch, position],
    });
    return rows[0] === undefined ? { fenced: await readCheckpoint(session, tenure) } : { count: rows[0].attempt_count };
  },
  countedAttempts: (lane, position) => readCount(session, selectAttempts, lane, position),
  takeOffAttempts: async (tenure, position, count) => {
    const { rowCount } = await session.query({ text: takeOffAttempts, values: [...ids(tenure), tenure.epoch, position, count] });
    return rowCount === 1;
  },
  noteRetry: async (tenure, key, position, nextAttemptAfterMs) => {
    const values = [...ids(tenure), tenure.epoch, position, key.tenant, key.systemName, key.objectId, nextAttemptAfterMs];
    const { rows } = await session.query<FoundCheckpoint>({ text: addRetry, values });
    const found = rows[0] ?? noCheckpoint;
    return { fenced: found.epoch === tenure.epoch ? null : found };
  },
  countedRetries: (lane, position) => readCount(session, selectRetries, lane, position),
  takeOffRetry: async (tenure, position, count) => {
    const { rowCount } = await session.query({ text: takeOffRetry, values: [...ids(tenure), tenure.epoch, position, count] });
    return rowCount === 1;
  },
});

/** User code wrote what it wrote, in this very transaction: what counts is that it came to its end. */
const countHandled: Apply<unknown> = (handled) => Promise.resolve(handled.length);

const ids = ({ processor, version, lane }: LaneId) => [processor, version, lane];

const noCheckpoint: FoundCheckpoint = { position: 0, epoch: -1 };

const readCheckpoint = async (session: Session, tenure: Tenure): Promise<FoundCheckpoint> => {
  const { rows } = await session.query<FoundCheckpoint>({ text: selectCheckpoint, values: ids(tenure) });
  return rows[0] ?? noCheckpoint;
};

const readCount = async (session: Session, text: string, lane: LaneId, position: number): Promise<number> => {
  const { rows } = await session.query<{ count: number }>({ text, values: [...ids(lane), position] });
  return rows[0]?.count ?? 0;
};

/** A savepoint for each; all of it is rolled back. Rare, so that its cost does not matter. */
const findRefused = async <Effect>(
  session: Session,
  handled: readonly HandledEvent<Effect>[],
  apply: Apply<Effect>,
): Promise<ReadonlyMap<number, Failure>> => {
  const refused = new Map<number, Failure>();
  await rolledBack(session, async (client) => {
    for (const one of handled) {
      await client.query('savepoint one');
      try {
        await apply([one], toTransaction(client));
      } catch (error) {
        if (classifyError(error) !== 'data') throw error;
        refused.set(one.event.position, describeFailure('data_refused', error));
        await client.query('rollback to savepoint one');
      }
    }
  });
  return refused;
};

const rolledBack = async (session: Session, work: (client: Client) => Promise<void>): Promise<void> => {
  const done = new Error('rolled back on purpose');
  try {
    await inTransaction(session, async (client) => {
      await work(client);
      throw done;
    });
  } catch (error) {
    if (error !== done) throw error;
  }
};
