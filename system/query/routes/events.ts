// GET /events: newest first, by keyset on the id.
import type { Static } from 'typebox';
import { eventColumns, eventJson, type EventRow } from '../event-row.ts';
import { createPaging } from '../page.ts';
import { defineRoute, type ListingBounds } from '../route.ts';
import { eventsAnswer } from '../schemas/answers.ts';
import { defaultLimit, eventsQuery, noParameters } from '../schemas/parameters.ts';
import { type Conditions, createConditions, pageBytes } from '../sql.ts';

type Filters = Omit<Static<typeof eventsQuery>, 'limit' | 'cursor'>;
type Asked = { readonly tenant: string; readonly filters: Filters; readonly bounds: ListingBounds | undefined };
type Row = EventRow & { readonly matched: number };

export const events = defineRoute({
  method: 'GET',
  url: '/events',
  summary: 'Events, newest first, by object, system, name and time.',
  path: noParameters,
  query: eventsQuery,
  answer: eventsAnswer,
  errors: ['invalid_query', 'storage_unavailable'],
  respond: async ({ query: { limit = defaultLimit, cursor, ...filters }, tenant }, database, bounds) => {
    const paging = createPaging<[number]>('/events', filters, ['position'], { limit, cursor });
    const { text, values } = selectEvents({ tenant, filters, bounds }, paging.after, limit + 1);
    const rows = await database.query<Row>('SELECT events', text, values);
    const matched = rows[0]?.matched ?? 0;
    const page = paging.cut(rows, ({ id }) => [id], matched > Math.min(rows.length, limit));
    return `{"events":[${page.items.map(eventJson).join(',')}],"next_cursor":${JSON.stringify(page.nextCursor)}}`;
  },
  bounds: async (database) => {
    const rows = await database.query<{ position: number }>('SELECT checkpoints', selectAppliedTo);
    return { positions: rows.map(({ position }) => position) };
  },
});

/** What table events has for good: all up to the checkpoints of its processor. */
const selectAppliedTo = `
  select position from checkpoints
  where processor = 'events' and version = (select max(version) from processors where processor = 'events' and state = 'active') order by lane`;

/** The rows that fit in a page's bytes, at least one; `matched` counts those that there were. */
const selectEvents = ({ tenant, filters, bounds }: Asked, after: readonly [number] | null, limit: number) => {
  const conditions = createConditions();
  const tenantValue = conditions.bind(tenant);
  conditions.add(`tenant = ${tenantValue}`);
  if (filters.object_id !== undefined) conditions.add(`object_id = ${conditions.bind(filters.object_id)}`);
  if (filters.event_name !== undefined) conditions.add(`event_name = ${conditions.bind(filters.event_name)}`);
  if (filters.from !== undefined) conditions.add(`event_time >= ${conditions.bind(filters.from)}`);
  if (filters.to !== undefined) conditions.add(`event_time < ${conditions.bind(filters.to)}`);
  if (after !== null) conditions.add(`id < ${conditions.bind(after[0])}`);
  if (bounds !== undefined) conditions.add(`coalesce(position <= (${conditions.bind(bounds.positions)}::bigint[])[lane + 1], true)`);
  const isOfAnySystem = filters.object_id !== undefined && filters.system_name === undefined;
  if (filters.system_name !== undefined) conditions.add(`system_name = ${conditions.bind(filters.system_name)}`);
  const page = isOfAnySystem ? newestOfAnySystem(conditions, tenantValue, limit) : newest(conditions, limit);
  const text = `
    with page as (
      select *, count(*) over () as matched, sum(octet_length(body)) over (order by id desc) - octet_length(body) as bytes_before
      from (${page}) newest
    )
    select ${eventColumns}, matched from page where bytes_before < ${pageBytes} order by id desc`;
  return { text, values: conditions.values };
};

const newest = (conditions: Conditions, limit: number) => `select * from events ${conditions.where()} order by id desc limit ${limit}`;

/**
 * The index on objects begins with the system, so an object without its system would read the whole table: this walks
 * the systems, which are few, one index probe each, and takes the newest of the object in each.
 */
const newestOfAnySystem = (conditions: Conditions, tenantValue: string, limit: number) => {
  conditions.add('system_name = systems.name');
  return `
    with recursive systems(name) as (
      select min(system_name) from events where tenant = ${tenantValue}
      union all
      select (select min(e.system_name) from events e where e.tenant = ${tenantValue} and e.system_name > systems.name) from systems where systems.name is not null
    )
    select found.* from systems cross join lateral (${newest(conditions, limit)}) found
    where systems.name is not null order by id desc limit ${limit}`;
};
