// GET /rebuilds/comparisons/{comparison}: where two versions of a read model differ, by range and by key. No payload.
import { createPaging } from '../page.ts';
import { demandHost } from '../demand-host.ts';
import { notFound } from '../request-problem.ts';
import { defineRoute } from '../route.ts';
import { defaultLimit, pageQuery } from '../schemas/parameters.ts';
import { comparisonAnswer, comparisonPath } from '../schemas/rebuild-answers.ts';
import { comparisonColumns } from './rebuild.ts';

type Row = { readonly tenant: string; readonly system_name: string; readonly object_id: string };

const selectOne = `select ${comparisonColumns} from rebuild_comparisons where comparison = $1::bigint`;
const selectRanges = `
  select range, last_system as last_system_name, last_object as last_object_id, keys, entries, entries_against, hash::text, hash_against::text
  from rebuild_ranges where comparison = $1::bigint and hash <> hash_against order by range limit 1000`;
const selectDifferences = `
  select tenant, system_name, object_id, entries, entries_against, first_entry, fields, state, state_against
  from rebuild_differences where comparison = $1::bigint and (tenant, system_name, object_id) > ($2, $3, $4)
  order by tenant, system_name, object_id limit $5`;
const selectSample = `
  (select last_system as system_name, last_object as object_id from rebuild_ranges
   where comparison = $1::bigint and last_tenant = $2 order by hashtextextended(last_object, 0) limit 50)
  union
  (select system_name, object_id from timelines
   where version = (select version from rebuild_comparisons where comparison = $1::bigint) and tenant = $2
   order by version, tenant, system_name, object_id limit 10)
  limit 50`;

export const rebuildComparison = defineRoute({
  method: 'GET',
  url: '/rebuilds/comparisons/:comparison',
  summary: 'Where two versions of a read model differ, by range and by key.',
  path: comparisonPath,
  query: pageQuery,
  answer: comparisonAnswer,
  errors: ['invalid_query', 'not_found', 'storage_unavailable'],
  respond: async ({ path, query: { limit = defaultLimit, cursor }, tenant }, database) => {
    demandHost(tenant);
    const paging = createPaging<[string, string, string]>('/rebuilds/comparisons', path, ['text', 'text', 'text'], { limit, cursor });
    const after = paging.after ?? ['', '', ''];
    return database.snapshot(async (snapshot) => {
      const [comparison] = await snapshot.query('SELECT rebuild_comparisons', selectOne, [path.comparison]);
      if (comparison === undefined) throw notFound(`There is no comparison ${path.comparison}.`);
      const ranges = await snapshot.query('SELECT rebuild_ranges', selectRanges, [path.comparison]);
      const values = [path.comparison, ...after, limit + 1];
      const rows = await snapshot.query<Row>('SELECT rebuild_differences', selectDifferences, values);
      const sample = await snapshot.query('SELECT rebuild_ranges', selectSample, [path.comparison, tenant]);
      const page = paging.cut(rows, (row) => [row.tenant, row.system_name, row.object_id]);
      return JSON.stringify({ comparison, ranges, differences: page.items, sample, next_cursor: page.nextCursor });
    });
  },
});
