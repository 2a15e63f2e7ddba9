// Recovery on PostgreSQL, as the owner of a lane carries it out. Each guard looks at the dead letter under the lane's lock: what is none any more is left alone, so
// that a command done twice, or asked for twice, does its work once.
import type { Client } from 'pg';
import type { FixRule } from '../../recovery/fix-rules.ts';
import { noBooks, type Books, type LaneId, type Tenure } from '../../workers/checkpoint.ts';
import type { Carried, RecoveryCommand, RecoveryEnd, RecoveryStore } from '../../workers/recovery-store.ts';
import { type DeadLetter, findDeadLetter, placeOf } from './dead-letter.ts';
import { discardParked } from './discard.ts';
import { fixParked, unfixParked } from './fix-parked.ts';
import { failParkedAgain, removeParked } from './range-store.ts';
import { closeRecovery } from './recovery-end.ts';
import { rehearseOne } from './rehearse-one.ts';
import type { SessionPool } from './session-pool.ts';
import { settleLane } from './settle.ts';
import { toTransaction } from './transaction.ts';

const selectDue = `
  select c.command, c.job, c.action, c.processor, c.version, c.lane, c.position, c.tenant, c.system_name, c.object_id, j.fix, j.requested_by
  from unnest($1::text[], $2::integer[], $3::integer[]) as w (processor, version, lane)
  join recovery_commands c using (processor, version, lane)
  join recovery_jobs j using (job)
  where c.done_at is null and c.started_at is null and c.due_at <= clock_timestamp()
  order by c.command
  limit $4`;

/** With all its attempts before it; those that it had are kept. */
const countReplay = `
  insert into event_recoveries as r (processor, version, lane, position, tenant, system_name, object_id, replays, earlier_attempts)
  select processor, version, lane, position, tenant, system_name, object_id, 1, attempts from parked_events
  where processor = $1 and version = $2 and lane = $3 and position = $4
  on conflict (processor, version, lane, position) do update
  set replays = r.replays + 1, earlier_attempts = r.earlier_attempts + excluded.earlier_attempts`;
const resetAttempts = 'update parked_events set attempts = 0 where processor = $1 and version = $2 and lane = $3 and position = $4';
const retryKey = `
  update parked_keys k set state = 'retrying', next_attempt_at = clock_timestamp()
  from parked_events e
  where e.processor = $1 and e.version = $2 and e.lane = $3 and e.position = $4
    and (k.processor, k.version, k.tenant, k.system_name, k.object_id) = (e.processor, e.version, e.tenant, e.system_name, e.object_id)`;
const start = 'update recovery_commands set started_at = clock_timestamp(), result = $2 where command = $1 and done_at is null';

const inPlace = { expectedPosition: null, toPosition: null, staysCareful: true };

/** What a command did under the lane's lock. */
type Done = { readonly books: Books; readonly end: RecoveryEnd | null };

export const createRecoveryStore = (sessions: SessionPool, worker: string): RecoveryStore => {
  const carry = (tenure: Tenure, command: RecoveryCommand, work: (client: Client, letter: DeadLetter) => Promise<Done>): Promise<Carried> =>
    sessions.use(async (session) => {
      let end: RecoveryEnd | null = null;
      const settled = await settleLane(session, tenure, inPlace, async (client) => {
        const letter = await findDeadLetter(client, command);
        const done = letter === null ? { books: noBooks, end: await close(client, command, 'gone') } : await work(client, letter);
        ({ end } = done);
        return done.books;
      });
      return { ...settled, end: settled.outcome === 'advanced' ? end : null };
    });
  const close = (client: Client, { command }: RecoveryCommand, outcome: RecoveryEnd['outcome'], events = 0, result: unknown = null) =>
    closeRecovery(client, worker, { command, outcome, events, result });
  return {
    due: (lanes, limit) =>
      sessions.use(async (session) => {
        const { rows } = await session.query<DueRow>({ text: selectDue, values: [...laneArrays(lanes), limit] });
        return rows.map(toCommand);
      }),
    startReplay: (tenure, command) =>
      carry(tenure, command, async (client, letter) => {
        const place = placeOf(command);
        await client.query(countReplay, place);
        await client.query(resetAttempts, place);
        await client.query(retryKey, place);
        await client.query(start, [command.command, JSON.stringify(letter)]);
        return { books: noBooks, end: null };
      }),
    replayOne: (tenure, command, processor) =>
      carry(tenure, command, async (client, letter) => {
        await client.query(countReplay, placeOf(command));
        const applied = await processor.applyParked(command.lane, command.position, toTransaction(client));
        await client.query(removeParked, placeOf(command));
        return { books: { ...noBooks, applied, parked: -applied }, end: await close(client, command, 'replayed', applied, letter) };
      }),
    failAgain: (tenure, command, failure) =>
      carry(tenure, command, async (client, letter) => {
        await client.query(countReplay, placeOf(command));
        await client.query(resetAttempts, placeOf(command));
        await client.query(failParkedAgain, [...placeOf(command), failure.code, failure.message, failure.errorType, worker]);
        return { books: noBooks, end: await close(client, command, 'failed_again', 0, letter) };
      }),
    discard: (tenure, command) =>
      carry(tenure, command, async (client, letter) => {
        const discarded = await discardParked(client, command, command.key, command.position);
        const books = { ...noBooks, discarded, parked: -discarded };
        return { books, end: await close(client, command, 'discarded', discarded, letter) };
      }),
    fix: (tenure, command, change) =>
      carry(tenure, command, async (client, letter) => {
        const { isLast, result } = await fixParked(client, command, letter, change);
        const outcome = result.changed > 0 ? 'fixed' : 'unchanged';
        return { books: noBooks, end: isLast ? await close(client, command, outcome, 0, result) : null };
      }),
    unfix: (tenure, command) =>
      carry(tenure, command, async (client, letter) => {
        const changed = await unfixParked(client, command);
        return { books: noBooks, end: await close(client, command, changed > 0 ? 'fixed' : 'unchanged', changed, letter) };
      }),
    startRehearsal: (tenure, command) =>
      carry(tenure, command, async (client) => {
        await client.query(start, [command.command, null]);
        return { books: noBooks, end: null };
      }),
    endRehearsal: (tenure, command, rehearsal) =>
      carry(tenure, command, async (client) => ({ books: noBooks, end: await close(client, command, 'rehearsed', 0, rehearsal) })),
    rehearseOne: (command, processor) => sessions.use((session) => rehearseOne(session, command, processor)),
  };
};

type DueRow = LaneId & {
  command: number;
  job: number;
  action: RecoveryCommand['action'];
  position: number;
  tenant: string;
  system_name: string;
  object_id: string;
  fix: readonly FixRule[] | null;
  requested_by: string;
};

const toCommand = ({ tenant, system_name, object_id, requested_by, ...row }: DueRow): RecoveryCommand => ({
  ...row,
  key: { tenant, systemName: system_name, objectId: object_id },
  requestedBy: requested_by,
});

const laneArrays = (lanes: readonly LaneId[]) => [
  lanes.map(({ processor }) => processor),
  lanes.map(({ version }) => version),
  lanes.map(({ lane }) => lane),
];
