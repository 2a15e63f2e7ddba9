// GET /erasures and /erasures/{erasure}: what was asked for, how far it is, and its proof.
import { createPaging } from '../page.ts';
import { notFound } from '../request-problem.ts';
import { defineRoute } from '../route.ts';
import { erasureAnswer, erasurePath, erasuresAnswer } from '../schemas/erasure-answers.ts';
import { defaultLimit, noParameters, pageQuery } from '../schemas/parameters.ts';
import { utc } from '../sql.ts';

type Row = { readonly erasure: number };

const columns = `
  erasure, system_name, object_id, is_dry_run as dry_run, requested_by, why, ${utc('requested_at')}, key_id, phase, before, erased, after, rounds, waits_for,
  coalesce(place->'not_ours', '[]') as not_ours, ${utc('done_at')}, worker`;

const selectOne = `select ${columns} from erasures where erasure = $1::bigint and tenant = $2`;
const selectPage = `
  select ${columns} from erasures where tenant = $1 and ($2::bigint is null or erasure < $2) order by erasure desc limit $3`;

export const erasure = defineRoute({
  method: 'GET',
  url: '/erasures/:erasure',
  summary: "An erasure of one object's data: how far it is, and its proof.",
  path: erasurePath,
  query: noParameters,
  answer: erasureAnswer,
  errors: ['invalid_query', 'not_found', 'storage_unavailable'],
  respond: async ({ path, tenant }, database) => {
    const [row] = await database.query<Row>('SELECT erasures', selectOne, [path.erasure, tenant]);
    if (row === undefined) throw notFound(`There is no erasure ${path.erasure}.`);
    return JSON.stringify(row);
  },
});

export const erasures = defineRoute({
  method: 'GET',
  url: '/erasures',
  summary: 'Erasures, newest first: who asked for them, when and why, and what came of them.',
  path: noParameters,
  query: pageQuery,
  answer: erasuresAnswer,
  errors: ['invalid_query', 'storage_unavailable'],
  respond: async ({ query: { limit = defaultLimit, cursor }, tenant }, database) => {
    const paging = createPaging<[number]>('/erasures', {}, ['position'], { limit, cursor });
    const rows = await database.query<Row>('SELECT erasures', selectPage, [tenant, paging.after?.[0] ?? null, limit + 1]);
    const page = paging.cut(rows, (row) => [row.erasure]);
    return JSON.stringify({ erasures: page.items, next_cursor: page.nextCursor });
  },
});
