// GET /consumer-audit: who made and removed consumers, and which checkpoints went with them; newest first.
import { createPaging } from '../page.ts';
import { defineRoute } from '../route.ts';
import { consumerAuditAnswer } from '../schemas/consumer-schemas.ts';
import { defaultLimit, noParameters, pageQuery } from '../schemas/parameters.ts';
import { utc } from '../sql.ts';

type Row = { readonly entry: number };

const selectPage = `
  select entry, ${utc('at')}, action, consumer, key_id, positions
  from consumer_audit where tenant = $1 and ($2::bigint is null or entry < $2) order by entry desc limit $3`;

export const consumerAudit = defineRoute({
  method: 'GET',
  url: '/consumer-audit',
  summary: 'Who made and removed consumers over HTTP, and when.',
  path: noParameters,
  query: pageQuery,
  answer: consumerAuditAnswer,
  errors: ['invalid_query', 'storage_unavailable'],
  respond: async ({ query: { limit = defaultLimit, cursor }, tenant }, database) => {
    const paging = createPaging<[number]>('/consumer-audit', {}, ['position'], { limit, cursor });
    const rows = await database.query<Row>('SELECT consumer_audit', selectPage, [tenant, paging.after?.[0] ?? null, limit + 1]);
    const page = paging.cut(rows, ({ entry }) => [entry]);
    return JSON.stringify({ entries: page.items, next_cursor: page.nextCursor });
  },
});
