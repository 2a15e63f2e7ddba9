// What became of a worker's leases, from the target's own table lease_events: who took them over, and whether the old owner was fenced. The database may be
// away meanwhile, by another fault: then it is said that nobody could tell, and nothing else of the fault is lost.
import { within } from '../engine/within.ts';
import type { RunningTarget, VictimProcess } from '../targets/target.ts';
import type { FaultContext } from './fault.ts';
import type { Observations } from './observations.ts';
import { tellSafely } from './tell-safely.ts';

export type LeaseRow = {
  readonly at: number;
  readonly kind: string;
  readonly processor: string;
  readonly version: number;
  readonly lane: number;
  readonly epoch: number;
  readonly owner: string;
  readonly otherOwner: string | null;
  readonly otherEpoch: number | null;
};

export type HeldLease = { readonly processor: string; readonly version: number; readonly lane: number; readonly epoch: number };

const columns = `(extract(epoch from at) * 1000)::float8 as "at", kind, processor, version, lane, epoch::float8 as "epoch", owner,
  other_owner as "otherOwner", other_epoch::float8 as "otherEpoch"`;

const heldSql = `select processor, version, lane, epoch::float8 as "epoch" from leases where owner = $1 order by processor, version, lane`;
const heldLeases = async (target: RunningTarget, owner: string): Promise<readonly HeldLease[]> =>
  keepsLeases(target) ? target.query<HeldLease>(heldSql, [owner]) : [];

/** Another target may have workers and no leases: then none are held, taken or lost. */
const keepsLeases = ({ lacks }: RunningTarget): boolean => lacks?.leases === undefined;

const clockSql = `select (extract(epoch from clock_timestamp()) * 1000)::float8 as "now"`;
/** Lease events carry the database's time, so what happened "since" is asked on that clock. */
const databaseNow = async (target: RunningTarget): Promise<number> =>
  keepsLeases(target) ? ((await target.query<{ now: number }>(clockSql))[0]?.now ?? 0) : 0;

const takenSql = `select ${columns} from lease_events
  where kind = 'taken_over' and other_owner = $1 and at >= to_timestamp($2::float8 / 1000) order by id`;
export const takenOverFrom = async (target: RunningTarget, owner: string, since: number): Promise<readonly LeaseRow[]> =>
  keepsLeases(target) ? target.query<LeaseRow>(takenSql, [owner, since]) : [];

const fencedSql = `select ${columns} from lease_events
  where kind in ('lost', 'fenced') and owner = $1 and at >= to_timestamp($2::float8 / 1000) order by id`;
export const fencedAt = async (target: RunningTarget, owner: string, since: number): Promise<readonly LeaseRow[]> =>
  keepsLeases(target) ? target.query<LeaseRow>(fencedSql, [owner, since]) : [];

/** What a worker held, and when, by the database's clock. */
export type Holding = { readonly since: number; readonly held: readonly HeldLease[] };

/** One question holds a fault up for no longer. */
const answeredWithinMs = 2000;

/** Before a process is struck. Only workers hold leases: of others nobody is asked, who might not answer. null: nobody could tell. */
export const holdingOf = async (
  { role, instance }: VictimProcess,
  { target, clock }: FaultContext,
  observations: Observations,
): Promise<Holding | null> => {
  if (role !== 'worker') return { since: 0, held: [] };
  const ask = async (): Promise<Holding> => {
    const held = await heldLeases(target, instance);
    return { since: await databaseNow(target), held };
  };
  return tellSafely(() => within(ask(), answeredWithinMs, clock), `which leases ${instance} held`, observations);
};

/** Asked once. null: nobody could tell. */
export const takenOverSafely = (
  { instance }: VictimProcess,
  since: number,
  { target, clock }: FaultContext,
  observations: Observations,
): Promise<readonly LeaseRow[] | null> =>
  tellSafely(() => within(takenOverFrom(target, instance, since), answeredWithinMs, clock), 'who took the leases over', observations);

/** The leases of `held` that no row of `taken` mentions. */
export const notYetTaken = (held: readonly HeldLease[], taken: readonly LeaseRow[]): readonly HeldLease[] =>
  held.filter(
    (lease) => !taken.some((row) => row.processor === lease.processor && row.version === lease.version && row.lane === lease.lane),
  );

export const describeTaken = (rows: readonly LeaseRow[], since: number): string => {
  if (rows.length === 0) return 'no lease was taken over';
  const owners = [...new Set(rows.map((row) => row.owner))].join(', ');
  const last = Math.max(...rows.map((row) => row.at)) - since;
  return `${rows.length} leases were taken over by ${owners}, the last after ${Math.round(last)} ms`;
};
