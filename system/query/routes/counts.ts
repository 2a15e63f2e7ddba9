// GET /counts: events per minute of event_time, by system and name; the lanes' rows summed.
import type { Static } from 'typebox';
import { createPaging } from '../page.ts';
import { defineRoute } from '../route.ts';
import { countsAnswer } from '../schemas/answers.ts';
import { countsQuery, defaultCountLimit, noParameters } from '../schemas/parameters.ts';
import { askedTimelines, createConditions, utc } from '../sql.ts';

type Filters = Omit<Static<typeof countsQuery>, 'limit' | 'cursor'>;
type Key = [minute: string, systemName: string, eventName: string];
type Row = { readonly system_name: string; readonly event_name: string; readonly minute: string; readonly count: number };

export const counts = defineRoute({
  method: 'GET',
  url: '/counts',
  summary: 'Events per minute by system and name, oldest minute first.',
  path: noParameters,
  query: countsQuery,
  answer: countsAnswer,
  errors: ['invalid_query', 'storage_unavailable'],
  respond: async ({ query: { limit = defaultCountLimit, cursor, ...filters }, tenant }, database) => {
    const paging = createPaging<Key>('/counts', filters, ['time', 'text', 'text'], { limit, cursor });
    const { text, values } = selectCounts(tenant, filters, paging.after, limit + 1);
    const rows = await database.query<Row>('SELECT minute_counts', text, values);
    const page = paging.cut(rows, ({ minute, system_name, event_name }) => [minute, system_name, event_name]);
    return JSON.stringify({ counts: page.items, next_cursor: page.nextCursor });
  },
});

/** A page is read in the order of an index that the elected worker makes (storage/postgres/counts-index.ts); without it the version is read and sorted. */
export const selectCounts = (tenant: string, filters: Filters, after: Key | null, limit: number) => {
  const conditions = createConditions();
  conditions.add(`version = ${askedTimelines(conditions.bind(filters.version ?? null))}`);
  conditions.add(`tenant = ${conditions.bind(tenant)}`);
  if (filters.system_name !== undefined) conditions.add(`system_name = ${conditions.bind(filters.system_name)}`);
  if (filters.event_name !== undefined) conditions.add(`event_name = ${conditions.bind(filters.event_name)}`);
  if (filters.from !== undefined) conditions.add(`minute >= ${conditions.bind(filters.from)}`);
  if (filters.to !== undefined) conditions.add(`minute < ${conditions.bind(filters.to)}`);
  if (after !== null) {
    const [minute, systemName, eventName] = after.map((value) => conditions.bind(value));
    conditions.add(`(minute, system_name, event_name) > (${minute}::timestamptz, ${systemName}::text, ${eventName}::text)`);
  }
  const text = `
    select system_name, event_name, ${utc('m.minute')}, sum(count)::bigint as count
    from minute_counts m ${conditions.where()}
    group by m.minute, system_name, event_name order by m.minute, system_name, event_name limit ${limit}`;
  return { text, values: conditions.values };
};
