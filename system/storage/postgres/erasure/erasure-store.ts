// Erasure on PostgreSQL, as the owner of a lane carries it out: under the lane's lock and epoch, with the books.
import type { Client } from 'pg';
import { isConnectionLoss, isTimeout } from '../../../workers/error-class.ts';
import { noBooks, type Books, type LaneId } from '../../../workers/checkpoint.ts';
import { laneOf } from '../../../stream/lane.ts';
import type { ErasureCommand, ErasureStore } from '../../../workers/erasure-store.ts';
import { wordsOf } from '../error-words.ts';
import type { SessionPool } from '../session-pool.ts';
import { settleLane } from '../settle.ts';
import { eraseEffects } from './erase-effects.ts';
import { waitedAt } from './open-erasure.ts';
import { readOwnTables, removeFromTables, type RemovedOwn } from './own-tables.ts';
import { asUntried, holdsData, toTombstone, withoutFix } from './tombstone.ts';

const selectDue = `
  select c.command, c.processor, c.version, c.lane, c.tenant, c.system_name, c.object_id, c.upto
  from unnest($1::text[], $2::integer[], $3::integer[]) as w (processor, version, lane)
  join erasure_commands c using (processor, version, lane)
  where c.done_at is null and coalesce(c.problem_at < clock_timestamp() - interval '2 seconds', true) order by c.command limit $4`;

const isOpen = 'select from erasure_commands where command = $1 and done_at is null';

const ofKey = 'processor = $1 and version = $2 and tenant = $3 and system_name = $4 and object_id = $5 and lane = $6 and position <= $7';

/** They keep their places: what is early stays early, what is parked is passed over in its turn. */
const pendingToTombstones = `update pending_events set ${toTombstone} where ${ofKey} and ${holdsData}`;
const parkedToTombstones = `update parked_events set ${asUntried} where ${ofKey} and ${holdsData}`;
const retryParked = `
  update parked_keys set state = 'retrying', next_attempt_at = clock_timestamp()
  where processor = $1 and version = $2 and tenant = $3 and system_name = $4 and object_id = $5 and $6::integer = lane and $7::bigint is not null`;
const removeFixes = `update event_recoveries set ${withoutFix} where ${ofKey} and fixed_body is not null`;

/** Without order nothing waits behind: a parked copy leaves. */
const removeParked = `delete from parked_events where ${ofKey}`;
const freeKey = `
  delete from parked_keys k
  where processor = $1 and version = $2 and tenant = $3 and system_name = $4 and object_id = $5 and $6::integer = lane and $7::bigint is not null
    and not exists (
      select from parked_events e
      where (e.processor, e.version, e.tenant, e.system_name, e.object_id) = (k.processor, k.version, k.tenant, k.system_name, k.object_id)
    )`;

const isOrdered = 'select ordered from processors where processor = $1 and version = $2';

const selectMoment = `
  select e.requested_at, (select count(*) from lanes l join processors p using (stream_version) where (p.processor, p.version) = (c.processor, c.version))::integer as lanes
  from erasure_commands c join erasures e using (erasure) where c.command = $1`;
/** Each attempt holds the lane for as long as it takes. */
const noteProblem = `update erasure_commands set problem = $2, problem_at = ${waitedAt('$3::boolean')} where command = $1 and done_at is null`;

/** A table that is not in this part, as what its team says of it has changed, keeps what was counted of it. */
const addResult = `
  update erasure_commands c
  set result = coalesce(c.result, '{}') || coalesce((
        select jsonb_object_agg(r.key, coalesce((c.result->>r.key)::bigint, 0) + r.value::bigint) from jsonb_each_text($2::jsonb) as r
      ), '{}'),
      done_at = case when $3::boolean then clock_timestamp() end, problem = null, problem_at = null
  where command = $1`;

const effectsAtOnce = 2000;
const inPlace = { expectedPosition: null, toPosition: null, staysCareful: true };

export const createErasureStore = (sessions: SessionPool): ErasureStore => ({
  due: (lanes, limit) =>
    sessions.use(async (session) => {
      const { rows } = await session.query<DueRow>({ text: selectDue, values: [...laneArrays(lanes), limit] });
      return rows.map(toCommand);
    }),
  erasePart: (tenure, command) =>
    sessions.use(async (session) => {
      let isDone = true;
      const settled = await settleLane(session, tenure, inPlace, async (client) => {
        const { rowCount } = await client.query(isOpen, [command.command]);
        if (rowCount === 0) return noBooks;
        const part = await erasePart(client, command);
        ({ isDone } = part);
        return part.books;
      }).catch(async (error: unknown) => {
        // Rolled back with all else that was written: said anew, or the erasure would wait and not say for what.
        if (!isConnectionLoss(error))
          await session.query({ text: noteProblem, values: [command.command, `a lane: ${wordsOf(error)}`, isTimeout(error)] });
        throw error;
      });
      return { ...settled, isDone: settled.outcome !== 'advanced' || isDone };
    }),
});

/** `isDone`: there is nothing more to do now. */
const erasePart = async (client: Client, command: ErasureCommand): Promise<{ readonly books: Books; readonly isDone: boolean }> => {
  const erase = eraseEffects.get(command.processor);
  const { removed: own, problem } = erase === undefined ? await eraseOwn(client, command) : noOwn;
  if (problem !== null) {
    // What is gone by now counts. It stays open, and the erasure says why: the others of this worker go on.
    await client.query(addResult, [command.command, JSON.stringify(own), false]);
    await client.query(noteProblem, [command.command, problem.message, problem.isSlow]);
    return { books: noBooks, isDone: true };
  }
  const isOwnDone = Object.values(own).every((rows) => rows === 0);
  const { removed, isDone } = erase === undefined ? { removed: 0, isDone: isOwnDone } : await erase(client, command, effectsAtOnce);
  const copies = isDone ? await eraseCopies(client, command) : noCopies;
  const result = { ...own, effects: removed, pending_events: copies.pending, parked_events: copies.parked, fixed_bodies: copies.fixes };
  await client.query(addResult, [command.command, JSON.stringify(result), isDone]);
  const books = { ...noBooks, applied: -removed, parked: -copies.left, skipped: removed + copies.left };
  return { books, isDone };
};

const noOwn: RemovedOwn = { removed: {}, problem: null };

/** By the owner of the object's lane alone: it is the one whose handler wrote them. */
const eraseOwn = async (client: Client, command: ErasureCommand): Promise<RemovedOwn> => {
  const { rows } = await client.query<{ lanes: number; requested_at: Date }>(selectMoment, [command.command]);
  const { lanes, requested_at: requestedAt } = rows[0]!;
  if (laneOf(command.key, lanes) !== command.lane) return noOwn;
  return removeFromTables(client, await readOwnTables(client, command), { key: command.key, requestedAt }, 'some');
};

type Copies = {
  readonly pending: number;
  readonly parked: number;
  readonly fixes: number;
  /** Of those parked: left the park. */
  readonly left: number;
};

const noCopies: Copies = { pending: 0, parked: 0, fixes: 0, left: 0 };

const eraseCopies = async (client: Client, { processor, version, lane, key, upTo }: ErasureCommand): Promise<Copies> => {
  const values = [processor, version, key.tenant, key.systemName, key.objectId, lane, upTo];
  const change = async (text: string) => (await client.query(text, values)).rowCount ?? 0;
  const { rows } = await client.query<{ ordered: boolean }>(isOrdered, [processor, version]);
  const fixes = await change(removeFixes);
  if (rows[0]?.ordered !== true) {
    const left = await change(removeParked);
    if (left > 0) await change(freeKey);
    return { pending: 0, parked: left, fixes, left };
  }
  const pending = await change(pendingToTombstones);
  const parked = await change(parkedToTombstones);
  if (parked > 0) await change(retryParked);
  return { pending, parked, fixes, left: 0 };
};

type DueRow = {
  command: number;
  processor: string;
  version: number;
  lane: number;
  tenant: string;
  system_name: string;
  object_id: string;
  upto: number;
};

const toCommand = ({ command, processor, version, lane, upto, ...row }: DueRow): ErasureCommand => ({
  command,
  processor,
  version,
  lane,
  upTo: upto,
  key: { tenant: row.tenant, systemName: row.system_name, objectId: row.object_id },
});

const laneArrays = (lanes: readonly LaneId[]) => [
  lanes.map(({ processor }) => processor),
  lanes.map(({ version }) => version),
  lanes.map(({ lane }) => lane),
];
