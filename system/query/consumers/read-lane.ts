// Events of one lane after a position, as the JSON text that goes out. A hole where retention passed is told, never skipped.
import type { ReadDatabase } from '../read-database.ts';
import { invalidQuery, notFound, RequestProblem } from '../request-problem.ts';
import type { EventFilters } from '../schemas/consumer-schemas.ts';
import { utc } from '../sql.ts';

export type LaneRead = {
  readonly tenant: string;
  readonly lane: number;
  readonly after: number;
  readonly limit: number;
  readonly maxBytes: number;
  readonly filters: EventFilters;
};

export type ReadEvent = { readonly position: number; readonly json: string };

export type LanePage = {
  readonly events: readonly ReadEvent[];
  /** Up to here all was looked at. */
  readonly position: number;
  readonly head: number;
  readonly lowWater: number;
};

/** How many rows one request looks at for those that it is to give: most may be another tenant's, or left out by a filter. */
const rowsLookedAt = 5000;

/**
 * Retention raises the low-water mark before it drops anything, and positions have no gaps, so the first row must be the one after `after`: what is not so is
 * a hole, whatever made it. One statement, thus one snapshot; it takes no lock. What does not fit any more ends the page, with all that is behind it.
 */
const selectLane = `
  with scanned as (
    select position, id, tenant, system_name, object_id, event_name, event_time, event_time_source, received_at, idempotency_key, sequence,
           traceparent, body,
           (tenant = $4 and ($5::text is null or system_name = $5) and ($6::text is null or event_name = $6)) as is_wanted
    from log where stream_version = (select max(version) from streams) and lane = $1 and position > $2 order by position limit $3
  ), counted as (
    select *, count(*) filter (where is_wanted) over passed - is_wanted::integer as wanted_before,
           coalesce(sum(octet_length(body)) filter (where is_wanted) over passed, 0) as bytes_with
    from scanned window passed as (order by position rows unbounded preceding)
  ), there as (
    select position from log where stream_version = (select max(version) from streams) and lane = $1 and position > $2 order by position limit 1
  ), looked as (
    select * from counted where wanted_before < $7 and (bytes_with <= $8 or wanted_before = 0 and $9)
  )
  select l.head, l.low_water, (select position from there) as first, seen.last, e.position, e.id, e.tenant, e.system_name, e.object_id, e.event_name, ${utc('e.event_time')},
         e.event_time_source, ${utc('e.received_at')}, e.idempotency_key, e.sequence, e.traceparent, e.body
  from lanes l
  cross join (select max(position) as last from looked) seen
  left join looked e on e.is_wanted
  where l.stream_version = (select max(version) from streams) and l.lane = $1
  order by e.position`;

type Row = {
  readonly head: number;
  readonly low_water: number;
  readonly first: number | null;
  readonly last: number | null;
  readonly position: number | null;
  readonly id: number;
  readonly tenant: string;
  readonly system_name: string;
  readonly object_id: string;
  readonly event_name: string;
  readonly event_time: string;
  readonly event_time_source: string;
  readonly received_at: string;
  readonly idempotency_key: string | null;
  readonly sequence: number | null;
  readonly traceparent: string | null;
  readonly body: string;
};

/**
 * Throws position_gone, and invalid_query for a position beyond the head. As many rows as events are asked for are enough where all are the reader's own, which
 * is usual and quick; where they were not, it looks further, or a tenant with few events among many would fall behind for good.
 */
export const readLane = async (database: ReadDatabase, read: LaneRead): Promise<LanePage> => {
  const { limit, maxBytes, filters } = read;
  if (filters.system_name !== undefined || filters.event_name !== undefined)
    return (await lookAt(database, read, Math.max(limit, rowsLookedAt))).page;
  const { page, bytes, isCut } = await lookAt(database, read, limit);
  const rest = { ...read, after: page.position, limit: limit - page.events.length, maxBytes: maxBytes - bytes };
  if (isCut || rest.after >= page.head || rest.limit <= 0 || rest.maxBytes <= 0) return page;
  const more = await lookAt(database, rest, rowsLookedAt, page.events.length === 0).catch(unlessGone);
  return more === null ? page : { ...more.page, events: [...page.events, ...more.page.events] };
};

/** Gone only now: what was read before it is given, and the next request is told. */
const unlessGone = (error: unknown): null => {
  if (error instanceof RequestProblem && error.code === 'position_gone') return null;
  throw error;
};

/** `isCut`: there were rows that it was not to give. */
type Looked = { readonly page: LanePage; readonly bytes: number; readonly isCut: boolean };

/** `oneComes`: an event that is larger than all there is goes alone. */
const lookAt = async (database: ReadDatabase, read: LaneRead, rows: number, oneComes = true): Promise<Looked> => {
  const { tenant, lane, after, limit, maxBytes, filters } = read;
  const { system_name: system = null, event_name: name = null } = filters;
  const values = [lane, after, rows, tenant, system, name, limit, maxBytes, oneComes];
  const found = await database.query<Row>('SELECT log', selectLane, values);
  const first = found[0];
  if (first === undefined) throw notFound(`There is no lane ${lane}.`);
  if (after > first.head) {
    throw invalidQuery([{ parameter: 'after', message: `is ${after}, and the highest position of lane ${lane} is ${first.head}.` }]);
  }
  if (after < first.low_water || (first.first === null ? first.head > after : first.first !== after + 1))
    throw positionGone(lane, after, first);
  const wanted = found.flatMap((row) => (row.position === null ? [] : [{ ...row, position: row.position }]));
  const events = wanted.map((row) => ({ position: row.position, json: eventJson(lane, row) }));
  const bytes = wanted.reduce((sum, { body }) => sum + Buffer.byteLength(body), 0);
  const page = { events, position: first.last ?? after, head: first.head, lowWater: first.low_water };
  return { page, bytes, isCut: page.position < Math.min(first.head, after + rows) };
};

const positionGone = (lane: number, after: number, { first, head, low_water }: Row) => {
  const lowWater = Math.max(low_water, first === null ? head : first - 1);
  const message = `Events of lane ${lane} after position ${after} are gone: retention dropped what was up to position ${lowWater}. Go on from there (after=${lowWater}), and say so by a checkpoint; what was missed is not here any more.`;
  return new RequestProblem('position_gone', message, {
    details: [
      { parameter: 'after', message: `is ${after}; the low-water mark of lane ${lane} is ${lowWater}.`, lane, low_water: lowWater },
    ],
  });
};

const eventJson = (lane: number, row: Row): string => {
  const { position, id, tenant, system_name, object_id, event_name, event_time, event_time_source, received_at } = row;
  const { idempotency_key, sequence, traceparent, body } = row;
  const about = { lane, position, id, tenant, system_name, object_id, event_name, event_time, event_time_source, received_at };
  return `${JSON.stringify({ ...about, idempotency_key, sequence, traceparent }).slice(0, -1)},"body":${body}}`;
};
