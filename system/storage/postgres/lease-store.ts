// Leases on PostgreSQL: rows on the database's clock. Each call is one statement, thus one transaction, fsynced: an epoch must not be forgotten.
import type { LaneId, Tenure } from '../../workers/checkpoint.ts';
import { sqlStateOf } from '../../workers/error-class.ts';
import { createMutex } from '../../workers/mutex.ts';
import type { AcquiredLease, LeaseStore, LeaseView, LostLease, Survey } from '../../workers/lease-store.ts';
import { inTransaction, type Session } from './session.ts';

export type LeaseStoreOptions = {
  readonly session: Session;
  /** For renewals alone: an acquisition may wait for a lock, a renewal must not wait for it. */
  readonly renewals: Session;
  readonly worker: string;
  readonly host: string;
  readonly pid: number;
  /** The code of rebuilt versions that this worker has, as `processor/code`. */
  readonly codes: readonly string[];
  readonly leaseMs: number;
  /** Those of a team's own that this worker runs. */
  readonly runs: readonly { readonly processor: string; readonly version: number }[];
};

const heartbeat = `
  insert into workers (worker, host, pid, codes, erases_own) values ($1, $2, $3, $4, true)
  on conflict (worker) do update set seen_at = clock_timestamp()`;

const selectWorkers = `select worker, codes from workers where seen_at > clock_timestamp() - $1::double precision * interval '1 millisecond' order by worker`;

/**
 * Who was not heard for a third of the lease has no share in lanes that are free: of workers that die again and again there would always be one that seems to
 * live, and the lanes that wait for it would wait for good. It says nothing of leases: those that it still has are its own until they run out.
 */
const seenWithinMs = (leaseMs: number): number => leaseMs / 3;

const selectLeases = `
  select l.processor, l.version, l.lane, l.owner, l.epoch, coalesce(l.expires_at <= clock_timestamp(), false) as expired,
         case when r.version is not null then l.processor || '/' || coalesce(p.code, l.version)
              when o.version is not null then l.processor || '/' || l.version end as needs
  from leases l left join processors p using (processor, version) left join rebuilds r using (processor, version)
  left join own_processors o using (processor, version)
  where p.state is distinct from 'retired'
  order by l.processor, l.version, l.lane`;

/** Before the first lease of such a processor is asked for: a trigger gives it to nobody else. */
const saySelf = `
  insert into worker_processors (worker, processor, version)
  select $1, * from unnest($2::text[], $3::integer[]) on conflict do nothing`;

const selectRetired = `
  select processor, version from processors
  where state = 'retired' and (processor, version) in (select * from unnest($1::text[], $2::integer[])) order by processor, version`;

const lanesOf = 'unnest($2::text[], $3::integer[], $4::integer[])';
const tenuresOf = 'unnest($2::text[], $3::integer[], $4::integer[], $5::bigint[])';

/**
 * Locks the lease rows that it can have, skipping those that another worker is just taking, then their checkpoints: a writer with the old epoch either
 * committed before, and is counted in what this returns, or finds the new epoch. A lane with work (an early event may be
 * due, and nothing but user code can tell) that its last owner did not move counts a take-over without progress.
 */
const acquire = `
  with free as (
    select l.processor, l.version, l.lane, l.owner
    from leases l join ${lanesOf} as w (processor, version, lane) using (processor, version, lane)
    where l.owner is null or l.expires_at <= clock_timestamp()
    order by l.processor, l.version, l.lane
    for update of l skip locked
  ), taken as (
    update leases l
    set owner = $1, epoch = l.epoch + 1, acquired_at = clock_timestamp(), expires_at = clock_timestamp() + $5::double precision * interval '1 millisecond'
    from free f where (l.processor, l.version, l.lane) = (f.processor, f.version, f.lane)
    returning l.processor, l.version, l.lane, l.epoch, f.owner as previous
  ), fenced as (
    update checkpoints c
    set epoch = t.epoch, updated_at = clock_timestamp(),
        takeovers_without_progress = case
          when t.previous is not null and (c.position < h.readable or c.pending > 0) then c.takeovers_without_progress + 1
          else c.takeovers_without_progress
        end
    from taken t join processors p using (processor, version) join lanes l on l.stream_version = p.stream_version and l.lane = t.lane
    cross join lateral (
      select replay_limit(t.processor, t.version, t.lane, l.head) as readable,
             exists (select from stream_replays r where r.processor = t.processor and r.version = t.version) as limited
    ) h
    where (c.processor, c.version, c.lane) = (t.processor, t.version, t.lane)
    returning c.processor, c.version, c.lane, c.position, c.parked, c.pending, c.takeovers_without_progress, h.readable, h.limited, p.state
  ), noted as (
    insert into lease_events (kind, processor, version, lane, epoch, owner, other_owner, other_epoch)
    select case when previous is null then 'acquired' else 'taken_over' end, processor, version, lane, epoch, $1, previous,
           case when previous is not null then epoch - 1 end
    from taken
  )
  select t.*, coalesce(c.position, 0) as position, coalesce(c.readable, 0) as head, coalesce(c.limited, false) as limited, coalesce(c.parked, 0) as parked, coalesce(c.pending, 0) as pending,
         coalesce(c.takeovers_without_progress, 0) as takeovers, coalesce(c.state = 'building', false) as "isBuilding"
  from taken t left join fenced c using (processor, version, lane)`;

/** What ran out is not renewed, even if nobody took it: whoever was late asks for the lane anew, and gets a new epoch. */
const renew = `
  with seen as (
    update workers set seen_at = clock_timestamp() where worker = $1
  ), ours as (
    select * from ${tenuresOf} as w (processor, version, lane, epoch)
  ), renewed as (
    update leases l set expires_at = clock_timestamp() + $6::double precision * interval '1 millisecond'
    from ours w
    where (l.processor, l.version, l.lane, l.epoch) = (w.processor, w.version, w.lane, w.epoch)
      and l.owner = $1 and l.expires_at > clock_timestamp()
    returning l.processor, l.version, l.lane
  ), lost as (
    select w.*, l.owner as other_owner, l.epoch as other_epoch
    from ours w join leases l using (processor, version, lane)
    where not exists (select from renewed r where (r.processor, r.version, r.lane) = (w.processor, w.version, w.lane))
  ), noted as (
    insert into lease_events (kind, processor, version, lane, epoch, owner, other_owner, other_epoch, detail)
    select 'lost', processor, version, lane, epoch, $1, nullif(other_owner, $1), nullif(other_epoch, epoch), 'the renewal came too late'
    from lost
  )
  select * from lost`;

const release = `
  with released as (
    update leases l set owner = null, expires_at = null
    from ${tenuresOf} as w (processor, version, lane, epoch)
    where (l.processor, l.version, l.lane, l.epoch) = (w.processor, w.version, w.lane, w.epoch) and l.owner = $1
    returning l.processor, l.version, l.lane, l.epoch
  )
  insert into lease_events (kind, processor, version, lane, epoch, owner)
  select 'released', processor, version, lane, epoch, $1 from released`;

const recordFenced = `
  insert into lease_events (kind, processor, version, lane, epoch, owner, other_owner, other_epoch, detail)
  select 'fenced', $2, $3, $4, $5, $1, (select owner from leases where processor = $2 and version = $3 and lane = $4), $6, $7`;

const leave = `
  with released as (
    update leases set owner = null, expires_at = null where owner = $1 returning processor, version, lane, epoch
  ), noted as (
    insert into lease_events (kind, processor, version, lane, epoch, owner)
    select 'released', processor, version, lane, epoch, $1 from released
  ), forgotten as (
    delete from worker_processors where worker = $1
  )
  delete from workers where worker = $1`;

/** Durable at once: see the module's first line. A row that a zombie still locks is tried again soon, not waited for. */
const beginDurable = `begin; set local synchronous_commit = on; set local lock_timeout = '500ms'`;

export const createLeaseStore = ({ session, renewals, worker, host, pid, codes, leaseMs, runs }: LeaseStoreOptions): LeaseStore => {
  const turn = createMutex();
  const renewTurn = createMutex();
  const durably = async <Row extends Record<string, unknown>>(text: string, values: readonly unknown[]) => {
    using _turn = await turn.acquire();
    return await inTransaction(session, async (client) => (await client.query<Row>(text, [...values])).rows, beginDurable);
  };
  const acquireOne = (lanes: readonly LaneId[]) => durably<AcquiredRow>(acquire, [worker, ...laneArrays(lanes), leaseMs]);
  return {
    survey: async () => {
      using _turn = await turn.acquire();
      const client = await session.client();
      const [, , workers, leases, retired] = await Promise.all([
        client.query({ name: 'lease_heartbeat', text: heartbeat, values: [worker, host, pid, codes] }),
        runs.length === 0 ? null : client.query({ name: 'lease_runs', text: saySelf, values: [worker, ...runArrays(runs)] }),
        client.query<{ worker: string; codes: string[] | null }>({
          name: 'lease_workers',
          text: selectWorkers,
          values: [seenWithinMs(leaseMs)],
        }),
        client.query<LeaseView>({ name: 'lease_survey', text: selectLeases }),
        runs.length === 0
          ? null
          : client.query<Survey['retired'][number]>({ name: 'lease_retired', text: selectRetired, values: runArrays(runs) }),
      ]);
      const able = workers.rows.map((row) => [row.worker, new Set(row.codes ?? [])] as const);
      return { workers: able.map(([name]) => name), codes: new Map(able), leases: leases.rows, retired: retired?.rows ?? [] };
    },
    acquire: async (lanes) => {
      const rows = await acquireOne(lanes).catch((error: unknown) => eachAlone(lanes, acquireOne, error));
      return rows.map(toAcquired);
    },
    renew: async (tenures) => {
      using _turn = await renewTurn.acquire();
      const values = [worker, ...laneArrays(tenures), tenures.map(({ epoch }) => epoch), leaseMs];
      const rows = await inTransaction(renewals, async (client) => (await client.query<LostRow>(renew, values)).rows, beginDurable);
      return rows.map(({ other_owner, other_epoch, ...tenure }) => toLost(tenure, worker, other_owner, other_epoch));
    },
    release: async (tenures) => {
      await durably(release, [worker, ...laneArrays(tenures), tenures.map(({ epoch }) => epoch)]);
    },
    recordFenced: async ({ processor, version, lane, epoch }, found, what) => {
      await durably(recordFenced, [worker, processor, version, lane, epoch, found.epoch, what]);
    },
    leave: async () => {
      await durably(leave, [worker]);
    },
  };
};

const lockNotAvailable = '55P03';

/** One lane whose checkpoint is still locked must not keep the others from being taken. */
const eachAlone = async (lanes: readonly LaneId[], acquireOne: (lanes: readonly LaneId[]) => Promise<AcquiredRow[]>, error: unknown) => {
  if (sqlStateOf(error) !== lockNotAvailable || lanes.length < 2) throw error;
  const rows: AcquiredRow[] = [];
  for (const lane of lanes) rows.push(...(await acquireOne([lane]).catch(() => [])));
  return rows;
};

type AcquiredRow = {
  processor: string;
  version: number;
  lane: number;
  epoch: number;
  previous: string | null;
  position: number;
  head: number;
  parked: number;
  pending: number;
  takeovers: number;
  limited: boolean;
  isBuilding: boolean;
};

const toAcquired = ({ previous, takeovers, limited, ...row }: AcquiredRow): AcquiredLease => ({
  ...row,
  kind: previous === null ? 'acquired' : 'taken_over',
  from: previous,
  takeoversWithoutProgress: takeovers,
  isLimited: limited,
});

type LostRow = Tenure & { other_owner: string | null; other_epoch: number };

const toLost = (tenure: Tenure, worker: string, otherOwner: string | null, otherEpoch: number): LostLease => ({
  ...tenure,
  otherOwner: otherOwner === worker ? null : otherOwner,
  otherEpoch: otherEpoch === tenure.epoch ? null : otherEpoch,
});

const runArrays = (runs: LeaseStoreOptions['runs']) => [runs.map(({ processor }) => processor), runs.map(({ version }) => version)];

const laneArrays = (lanes: readonly LaneId[]) => [
  lanes.map(({ processor }) => processor),
  lanes.map(({ version }) => version),
  lanes.map(({ lane }) => lane),
];
