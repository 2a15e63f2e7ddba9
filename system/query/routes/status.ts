// GET /status: the pipeline with its books, all from one snapshot.
import { dropOf, type Terms } from '../books.ts';
import { notRetired } from '../park-sql.ts';
import type { ReadDatabase } from '../read-database.ts';
import { defineRoute } from '../route.ts';
import { statusAnswer } from '../schemas/answers.ts';
import { noParameters } from '../schemas/parameters.ts';
import { utc } from '../sql.ts';

type StreamLane = { readonly lane: number; readonly head: number; readonly duplicates: number; readonly conflicts: number };

type Checkpoint = Terms & {
  readonly processor: string;
  readonly version: number;
  readonly state: string;
  readonly lane: number;
  readonly position: number;
  readonly lag: number;
  readonly epoch: number;
  readonly owner: string | null;
  readonly lease_expires_at: string | null;
};

type Totals = { readonly dead_letters: number; readonly parked_keys: number };

const selectLanes = `
  select lane, head, duplicates, conflicts from lanes where stream_version = (select max(version) from streams) order by lane`;

const selectCheckpoints = `
  select p.processor, p.version, p.state, c.lane, c.position, s.head - c.position as lag, c.epoch, l.owner, ${utc('l.expires_at', 'lease_expires_at')},
         c.applied, c.ignored, c.parked, c.pending, c.discarded, c.skipped, c.shed
  from processors p
  join checkpoints c using (processor, version)
  join lanes s on s.stream_version = p.stream_version and s.lane = c.lane
  left join leases l on l.processor = c.processor and l.version = c.version and l.lane = c.lane
  order by p.processor, p.version, c.lane`;

const selectWorkers = `
  select w.worker, w.host, w.pid, ${utc('w.started_at')}, ${utc('w.seen_at')},
         (select count(*) from leases l where l.owner = w.worker and l.expires_at > now()) as leases
  from workers w order by w.started_at, w.worker`;

const selectTotals = `
  select (select count(*) from dead_letters where tenant = $1 and ${notRetired}) as dead_letters,
         (select count(*) from parked_keys where tenant = $1 and ${notRetired}) as parked_keys`;

export const status = defineRoute({
  method: 'GET',
  url: '/status',
  summary: 'The pipeline: heads, checkpoints, leases and the books, from one snapshot.',
  path: noParameters,
  query: noParameters,
  answer: statusAnswer,
  errors: ['invalid_query', 'storage_unavailable'],
  respond: async ({ tenant }, database) => JSON.stringify(await database.snapshot((snapshot) => readStatus(snapshot, tenant))),
});

const readStatus = async (database: ReadDatabase, tenant: string) => {
  const lanes = await database.query<StreamLane>('SELECT lanes', selectLanes);
  const checkpoints = await database.query<Checkpoint>('SELECT checkpoints', selectCheckpoints);
  const workers = await database.query('SELECT workers', selectWorkers);
  const [totals] = await database.query<Totals>('SELECT dead_letters', selectTotals, [tenant]);
  return {
    stream: { lanes, appended: sum(lanes.map(({ head }) => head)) },
    processors: [...Map.groupBy(checkpoints, ({ processor, version }) => `${processor} ${version}`).values()].map(processorOf),
    workers,
    dead_letters: totals?.dead_letters ?? 0,
    parked_keys: totals?.parked_keys ?? 0,
  };
};

const processorOf = (checkpoints: readonly Checkpoint[]) => {
  const [first] = checkpoints as readonly [Checkpoint];
  const lanes = checkpoints.map(({ processor: _processor, version: _version, state: _state, ...lane }) => ({
    ...lane,
    drop: dropOf(lane.position, lane),
  }));
  return {
    processor: first.processor,
    version: first.version,
    state: first.state,
    lanes,
    lag: sum(lanes.map(({ lag }) => lag)),
    drop: sum(lanes.map(({ drop }) => drop)),
  };
};

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
