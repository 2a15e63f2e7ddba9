// Replays on PostgreSQL: one transaction that locks the leases of the version, then its checkpoints (as an acquisition does), looks where they stand, judges, and
// puts them to their place under a new epoch. Whoever held a lane is fenced by it.
import type { Client } from 'pg';
import { judgeReplay, type StandingLane } from '../../recovery/replay/judge-replay.ts';
import type { ReplayDesk, ReplayRequest, ReplayStart, ShownReplay } from '../../recovery/replay/replay-desk.ts';
import { readModelOf } from './read-models.ts';
import { rewindKeyOrders } from './seed-key-orders.ts';

const lockLeases = 'select from leases where processor = $1 and version = $2 order by lane for update';
const lockCheckpoints = 'select from checkpoints where processor = $1 and version = $2 order by lane for no key update';

/** Before the place of a time: no event that was appended at it or later. Times of one lane are almost in order, so that a few earlier ones may be behind it. */
const selectStanding = `
  select c.lane, c.position::double precision as position, l.head::double precision as head,
         (c.applied + c.ignored + c.parked + c.pending + c.discarded + c.shed)::double precision as touched,
         greatest(
           l.low_water, coalesce((select min(position) - 1 from log where stream_version = p.stream_version and lane = c.lane), l.head)
         )::double precision as "keptAfter",
         case when $3::timestamptz is not null then
           coalesce((select min(position) - 1 from log where stream_version = p.stream_version and lane = c.lane and appended_at >= $3::timestamptz), l.head)
         end::double precision as "atTime"
  from checkpoints c
  join processors p using (processor, version)
  join lanes l on l.stream_version = p.stream_version and l.lane = c.lane
  where c.processor = $1 and c.version = $2
  order by c.lane`;

const selectNumberedBefore = `
  select exists (
    select from log g join unnest($1::integer[], $2::bigint[]) as w (lane, from_position) on g.lane = w.lane and g.position <= w.from_position
    where g.sequence is not null
  ) as found`;

/** Retention raises the marks under it: they do not move while checkpoints are put behind them. */
const lockMarks = 'select pg_advisory_xact_lock_shared(1717660005, 4)';

const insertReplay = `
  insert into stream_replays (processor, version, starts, follows, resets, rate_per_second, requested_by, why, request_id)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
  on conflict (request_id) do nothing
  returning replay::double precision as replay`;
const insertLanes = `
  insert into stream_replay_lanes (replay, lane, from_position, to_position)
  select $1, lane, from_position, to_position from unnest($2::integer[], $3::bigint[], $4::bigint[]) as w (lane, from_position, to_position)`;

/** What the version knows of keys and of events that wait, which is derived from the log as its read model is. */
const forgetState = ['pending_events', 'parked_events', 'parked_keys', 'skipped_gaps', 'event_recoveries'].map(
  (table) => `delete from ${table} where processor = $1 and version = $2`,
);

/** As a version that never ran, but for what is left out: that is skipped, with the replay for its record. */
const moveCheckpoints = `
  update checkpoints c
  set position = w.from_position, skipped = w.from_position, applied = 0, ignored = 0, parked = 0, pending = 0, discarded = 0, shed = 0,
      takeovers_without_progress = 0, attempt_position = null, attempt_count = 0, updated_at = clock_timestamp()
  from unnest($3::integer[], $4::bigint[]) as w (lane, from_position)
  where c.processor = $1 and c.version = $2 and c.lane = w.lane`;

/** Its owner, if there is one, is refused with its next write, and asks for the lane anew. */
const fence = `
  with freed as (
    update leases set owner = null, expires_at = null, epoch = epoch + 1 where processor = $1 and version = $2 returning lane, epoch
  )
  update checkpoints c set epoch = f.epoch from freed f where c.processor = $1 and c.version = $2 and c.lane = f.lane`;

const cancelReplay = `
  update stream_replays set cancelled_at = clock_timestamp(), cancelled_by = $2, cancelled_why = $3
  where replay = $1 and cancelled_at is null
    and not exists (select from stream_replays n where n.processor = stream_replays.processor and n.version = stream_replays.version and n.replay > $1)
  returning processor, version`;
const stopLanes = `
  update stream_replay_lanes l set to_position = c.position
  from checkpoints c where l.replay = $1 and c.processor = $2 and c.version = $3 and c.lane = l.lane`;

const selectReplays = `
  select r.replay::double precision as replay, r.processor, r.version, r.starts, r.follows, r.resets, r.rate_per_second, r.requested_by, r.why,
         to_char(r.started_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as started_at,
         to_char(r.cancelled_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as cancelled_at, r.cancelled_by, r.cancelled_why,
         case
           when exists (select from stream_replays n where n.processor = r.processor and n.version = r.version and n.replay > r.replay) then 'replaced'
           when r.cancelled_at is not null then 'cancelled'
           when (select bool_and(c.position >= l.to_position) from stream_replay_lanes l
                 join checkpoints c on c.processor = r.processor and c.version = r.version and c.lane = l.lane where l.replay = r.replay)
           then case when r.follows then 'following' else 'done' end
           else 'running'
         end as state,
         (select json_agg(json_build_object('lane', l.lane, 'from', l.from_position, 'to', l.to_position, 'position', c.position,
                   'limit', replay_limit(r.processor, r.version, l.lane, h.head)) order by l.lane)
          from stream_replay_lanes l
          join checkpoints c on c.processor = r.processor and c.version = r.version and c.lane = l.lane
          join processors p on p.processor = r.processor and p.version = r.version
          join lanes h on h.stream_version = p.stream_version and h.lane = l.lane
          where l.replay = r.replay) as lanes
  from stream_replays r`;

/** Over the client's connection: the caller connects and ends it. Emptying a read model takes as long as it takes. */
export const createReplayDesk = (client: Client): ReplayDesk => ({
  open: (request) => inTransaction(client, () => open(client, request)),
  cancel: async (replay, { by, why }) =>
    inTransaction(client, async () => {
      const { rows } = await client.query<{ processor: string; version: number }>(cancelReplay, [replay, by, why]);
      const [version] = rows;
      if (version !== undefined) {
        const ofVersion = [version.processor, version.version];
        await client.query(lockLeases, ofVersion);
        await client.query(lockCheckpoints, ofVersion);
        await client.query(stopLanes, [replay, ...ofVersion]);
        await client.query(fence, ofVersion);
      }
      return show(client, replay);
    }),
  show: (replay) => show(client, replay),
  list: async (limit) => (await client.query<ShownReplay>(`${selectReplays} order by r.replay desc limit $1`, [limit])).rows,
});

const show = async (client: Client, replay: number): Promise<ShownReplay | null> =>
  (await client.query<ShownReplay>(`${selectReplays} where r.replay = $1`, [replay])).rows[0] ?? null;

type Opened = Awaited<ReturnType<ReplayDesk['open']>>;

const inTransaction = async <Result>(client: Client, work: () => Promise<Result>): Promise<Result> => {
  await client.query(`begin; set local statement_timeout = 0; set local lock_timeout = '30s'`);
  try {
    const result = await work();
    await client.query(typeof result === 'object' && result !== null && 'refused' in result ? 'rollback' : 'commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
};

const open = async (client: Client, request: ReplayRequest): Promise<Opened> => {
  const { processor, version, resets } = request;
  const ofVersion = [processor, version];
  const known = await client.query<{ ordered: boolean; state: string }>(
    'select ordered, state from processors where processor = $1 and version = $2',
    ofVersion,
  );
  const [row] = known.rows;
  if (row === undefined) return { refused: await unknownVersion(client, request) };
  if (row.state === 'retired') return { refused: `${processor}/${version} is retired: no worker would carry it out.` };
  const inserted = await client.query<{ replay: number }>(insertReplay, replayValues(request));
  if (inserted.rows[0] === undefined) return knownReplay(client, request);
  const { replay } = inserted.rows[0];
  await client.query(lockMarks);
  await client.query(lockLeases, ofVersion);
  await client.query(lockCheckpoints, ofVersion);
  const lanes = await standingOf(client, request);
  // A version that goes on where it stands leaves nothing out that was not left out before.
  const stays = !resets && lanes.every(({ from, position }) => from === position);
  const readModel = readModelOf(processor);
  const refused = judgeReplay(request, {
    ordered: row.ordered,
    canReset: readModel !== null,
    hasNumberedBefore: row.ordered && !stays && lanes.some(isLater) && (await hasNumberedBefore(client, lanes)),
    lanes,
  });
  if (refused !== null) return { refused };
  await client.query(insertLanes, [replay, lanes.map(({ lane }) => lane), lanes.map(({ from }) => from), lanes.map(({ to }) => to)]);
  if (resets) {
    for (const table of readModel!) await client.query(`delete from ${table} where version = $1`, [version]);
    for (const statement of forgetState) await client.query(statement, ofVersion);
    await rewindKeyOrders(client, { processor, version });
  }
  if (!stays) await client.query(moveCheckpoints, [...ofVersion, lanes.map(({ lane }) => lane), lanes.map(({ from }) => from)]);
  await client.query(fence, ofVersion);
  return { replay, known: false };
};

const isLater = ({ from, keptAfter }: StandingLane) => from > keptAfter;

const hasNumberedBefore = async (client: Client, lanes: readonly StandingLane[]): Promise<boolean> => {
  const values = [lanes.map(({ lane }) => lane), lanes.map(({ from }) => from)];
  return (await client.query<{ found: boolean }>(selectNumberedBefore, values)).rows[0]!.found;
};

const replayValues = ({ start, requestId, ...request }: ReplayRequest): unknown[] => [
  request.processor,
  request.version,
  JSON.stringify(startAsJson(start)),
  request.follows,
  request.resets,
  request.ratePerSecond,
  request.requestedBy,
  request.why,
  requestId,
];

const startAsJson = (start: ReplayStart): object =>
  start.kind === 'positions' ? { kind: start.kind, positions: Object.fromEntries(start.positions) } : start;

const selectKnown = `
  select replay::double precision as replay from stream_replays
  where (processor, version, starts, follows, resets, rate_per_second, requested_by, why, request_id)
    = ($1, $2::integer, $3::jsonb, $4::boolean, $5::boolean, $6::double precision, $7, $8, $9::uuid)`;

const knownReplay = async (client: Client, request: ReplayRequest): Promise<Opened> => {
  const { rows } = await client.query<{ replay: number }>(selectKnown, replayValues(request));
  return rows[0] === undefined
    ? { refused: `The request id ${request.requestId} was used before, for another replay: make another UUID.` }
    : { replay: rows[0].replay, known: true };
};

const unknownVersion = async (client: Client, { processor, version }: ReplayRequest): Promise<string> => {
  const { rows } = await client.query<{ name: string }>(
    `select processor || '/' || version as name from processors where state <> 'retired' order by 1`,
  );
  return `There is no version ${processor}/${version}; there are ${rows.map(({ name }) => name).join(', ')}.`;
};

type StandingRow = Omit<StandingLane, 'from' | 'to'> & { readonly atTime: number | null };

const standingOf = async (client: Client, { processor, version, start, end, resets }: ReplayRequest): Promise<readonly StandingLane[]> => {
  const time = start.kind === 'time' ? start.time : null;
  const { rows } = await client.query<StandingRow>(selectStanding, [processor, version, time]);
  return rows.map(({ atTime, ...row }) => {
    const from = fromOf(start, { ...row, resets }, atTime);
    return { ...row, from, to: end?.get(row.lane) ?? Math.max(row.head, from) };
  });
};

type Place = Pick<StandingLane, 'lane' | 'position' | 'keptAfter'> & { readonly resets: boolean };

/** A lane that is emptied and not named begins at the beginning: where it stands it would leave out all that it had. */
const fromOf = (start: ReplayStart, { lane, position, keptAfter, resets }: Place, atTime: number | null): number => {
  if (start.kind === 'beginning') return keptAfter;
  if (start.kind === 'time') return Math.max(atTime!, keptAfter);
  const unnamed = resets ? keptAfter : position;
  return start.kind === 'positions' ? (start.positions.get(lane) ?? unnamed) : position;
};
