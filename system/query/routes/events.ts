// GET /events: newest first, by keyset on the id.
import { eventColumns, eventJson, type EventRow } from '../event-row.ts';
import { createPaging } from '../page.ts';
import { type NewestAsked, selectNewestIds } from '../newest-events.ts';
import { defineRoute } from '../route.ts';
import { eventsAnswer } from '../schemas/answers.ts';
import { defaultLimit, eventsQuery, noParameters } from '../schemas/parameters.ts';
import { pageBytes } from '../sql.ts';

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
    const { text, values } = selectEvents({ tenant, filters, below: paging.after?.[0], positions: bounds?.positions, limit: limit + 1 });
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
const selectEvents = (asked: NewestAsked) => {
  const { text: newest, values } = selectNewestIds(asked);
  const text = `
    with page as (
      select *, count(*) over () as matched, sum(octet_length(body)) over (order by id desc) - octet_length(body) as bytes_before
      from (${newest}) newest join events using (id)
    )
    select ${eventColumns}, matched from page where bytes_before < ${pageBytes} order by id desc`;
  return { text, values };
};
