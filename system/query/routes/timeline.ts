// GET /timelines/{system_name}/{object_id}: what was applied to one object, in the order of application.
import { createPaging } from '../page.ts';
import { notFound } from '../request-problem.ts';
import { defineRoute } from '../route.ts';
import { timelineAnswer } from '../schemas/answers.ts';
import { defaultLimit, timelinePath, timelineQuery } from '../schemas/parameters.ts';
import { askedTimelines, utc } from '../sql.ts';

type Row = { readonly total: number; readonly entry: number | null };

// Left join: a page past the end still knows its total.
const selectEntries = `
  select t.entries as total, e.*
  from timelines t
  left join lateral (
    select entry, event_id, event_name, sequence, ${utc('event_time')}, summary, ${utc('applied_at')}
    from timeline_entries
    where version = t.version and tenant = t.tenant and system_name = t.system_name and object_id = t.object_id and entry > $4
    order by entry limit $5
  ) e on true
  where t.version = ${askedTimelines('$6')} and t.tenant = $1 and t.system_name = $2 and t.object_id = $3
  order by e.entry`;

const inVersion = (version: number | undefined): string =>
  version === undefined ? '' : ` in version ${version}; GET /rebuilds/timelines says which versions there are`;

export const timeline = defineRoute({
  method: 'GET',
  url: '/timelines/:system_name/:object_id',
  summary: "One object's timeline, in the order of application.",
  path: timelinePath,
  query: timelineQuery,
  answer: timelineAnswer,
  errors: ['invalid_query', 'not_found', 'storage_unavailable'],
  respond: async ({ path, query: { version, limit = defaultLimit, cursor }, tenant }, database) => {
    const paging = createPaging<[number]>('/timelines', { ...path, version }, ['position'], { limit, cursor });
    const values = [tenant, path.system_name, path.object_id, paging.after?.[0] ?? 0, limit + 1, version ?? null];
    const rows = await database.query<Row>('SELECT timeline_entries', selectEntries, values);
    const first = rows[0];
    if (first === undefined)
      throw notFound(`Object '${path.object_id}' of system '${path.system_name}' has no timeline${inVersion(version)}.`);
    const found = rows.filter((row): row is Row & { readonly entry: number } => row.entry !== null);
    const page = paging.cut(found, ({ entry }) => [entry]);
    const entries = page.items.map(({ total: _total, ...entry }) => entry);
    return JSON.stringify({ ...path, entries, total: first.total, next_cursor: page.nextCursor });
  },
});
