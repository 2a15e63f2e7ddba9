// Makes sure that a worker dies inside an open transaction: seen in pg_stat_activity before the kill, and seen gone after it.
import { waitUntil } from '../engine/wait-until.ts';
import type { RunningTarget, VictimProcess } from '../targets/target.ts';
import type { FaultContext } from './fault.ts';
import type { Observations } from './observations.ts';
import { awaitRows, tellSafely } from './tell-safely.ts';

type Lock = Awaited<ReturnType<RunningTarget['lockReadModel']>>;

export type OpenTransaction = {
  readonly backendPid: number;
  readonly applicationName: string;
  readonly state: string;
  readonly waitEventType: string | null;
  readonly waitEvent: string | null;
  readonly transactionSeconds: number;
  readonly xid: string | null;
  readonly query: string;
};

const waitWithinMs = 8000;
const goneWithinMs = 5000;

const activitySql = `select pid as "backendPid", application_name as "applicationName", state, wait_event_type as "waitEventType", wait_event as "waitEvent",
    extract(epoch from clock_timestamp() - xact_start)::float8 as "transactionSeconds", backend_xid::text as "xid", left(query, 200) as "query"
  from pg_stat_activity where pid = any($1::int[]) and xact_start is not null and wait_event_type = 'Lock'`;

/** Empty: within the bound no backend of the worker was seen waiting on the lock inside a transaction, so there is nothing to kill it in. */
export const waitForOpenTransaction = async (
  victim: VictimProcess,
  lock: Lock,
  context: FaultContext,
  observations: Observations,
): Promise<readonly OpenTransaction[]> => {
  const { last } = await waitUntil(
    () => openTransactions(victim, lock, context),
    (rows) => rows.length > 0,
    { clock: context.clock, withinMs: waitWithinMs, everyMs: 20, signal: context.signal },
  );
  const names = last.map(
    (row) => `${row.applicationName} (backend ${row.backendPid}, transaction open for ${Math.round(row.transactionSeconds * 1000)} ms)`,
  );
  const observed =
    last.length === 0
      ? `no backend of ${victim.instance} was seen waiting inside a transaction`
      : `waits inside a transaction: ${names.join(', ')}`;
  observations.add('pg_stat_activity', observed, { event: 'waiting-in-transaction', instance: victim.instance, rows: last });
  return last;
};

const openTransactions = async (victim: VictimProcess, lock: Lock, { target }: FaultContext): Promise<readonly OpenTransaction[]> => {
  const mine = (await lock.waiting()).filter((backend) => belongsTo(victim, backend.applicationName));
  if (mine.length === 0) return [];
  return target.query<OpenTransaction>(activitySql, [mine.map((backend) => backend.backendPid)]);
};

/** application_name is `faultline-<process>-<instance>[-<part>]`, cut to 63 bytes; the instance begins with `<role>-<pid>-`. */
export const belongsTo = (victim: Pick<VictimProcess, 'instance' | 'role' | 'pid'>, applicationName: string): boolean =>
  applicationName.includes(victim.instance) || applicationName.includes(`${victim.role}-${victim.pid}-`);

const leftSql = `select pid as "backendPid" from pg_stat_activity where pid = any($1::int[])`;
const statusSql = `select x as "xid", pg_xact_status(x::xid8) as "status" from unnest($1::text[]) as x`;

/** A backend that is gone has committed nothing: COMMIT was never sent, so its transaction was rolled back. Where it had an xid, its status says so too. */
export const backendGone = async (
  backends: readonly OpenTransaction[],
  context: FaultContext,
  observations: Observations,
): Promise<boolean> => {
  const pids = backends.map((backend) => backend.backendPid);
  const xids = backends.flatMap((backend) => (backend.xid === null ? [] : [backend.xid]));
  const { clock, target } = context;
  const since = clock.now();
  // The database may be away meanwhile, by another fault: then nothing is proven, and nothing else is lost.
  const left = await awaitRows(
    () => target.query<{ backendPid: number }>(leftSql, [pids]),
    (rows) => rows.length === 0,
    'what became of its backends',
    { clock, withinMs: goneWithinMs, everyMs: 20 },
    observations,
  );
  if (left === null) return false;
  const afterMs = clock.now() - since;
  const areGone = left.length === 0;
  const transactions = areGone ? await statusOf(xids, context, observations) : [];
  const observed = areGone
    ? `its backends are gone after ${afterMs} ms${transactions === null ? '' : `; ${describe(transactions)}`}`
    : `${left.length} of its backends are still there`;
  observations.add('pg_stat_activity', observed, {
    event: 'backend-gone',
    backends: pids,
    left: left.map((row) => row.backendPid),
    transactions,
  });
  return areGone && transactions !== null && transactions.every(({ status }) => status !== 'committed');
};

type Status = { readonly xid: string; readonly status: string };

/** null: nobody could tell. */
const statusOf = async (xids: readonly string[], { target }: FaultContext, observations: Observations): Promise<readonly Status[] | null> =>
  xids.length === 0 ? [] : tellSafely(() => target.query<Status>(statusSql, [xids]), 'what became of its transactions', observations);

const describe = (transactions: readonly Status[]): string =>
  transactions.length === 0
    ? 'the open transaction had written nothing yet and was rolled back'
    : `transaction ${transactions.map(({ xid, status }) => `${xid} is ${status}`).join(', ')}`;
