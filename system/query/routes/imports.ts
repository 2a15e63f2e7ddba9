// GET /imports, /imports/{name} and /imports/{name}/refused: how far imports are, and which lines were refused. Never a line of a file.
import { createPaging } from '../page.ts';
import { notFound } from '../request-problem.ts';
import { defineRoute } from '../route.ts';
import { importAnswer, importsAnswer, refusedLinesAnswer } from '../schemas/import-answers.ts';
import { importPath, importsQuery } from '../schemas/import-parameters.ts';
import { defaultLimit, noParameters, pageQuery } from '../schemas/parameters.ts';
import { createConditions, utc } from '../sql.ts';

const listed = `import, name, format, state, lines, next_line, appended, duplicates, refused, bytes, encode(sha256, 'hex') as sha256, rate_per_second,
  requested_by, why, ${utc('requested_at')}, ${utc('moved_at')}, ${utc('ended_at')}`;

type Row = { readonly import: number };

export const imports = defineRoute({
  method: 'GET',
  url: '/imports',
  summary: 'Imports of files of past events, and how far they are.',
  path: noParameters,
  query: importsQuery,
  answer: importsAnswer,
  errors: ['invalid_query', 'storage_unavailable'],
  respond: async ({ query: { limit = defaultLimit, cursor, ...filters }, tenant }, database) => {
    const paging = createPaging<[number]>('/imports', filters, ['position'], { limit, cursor });
    const conditions = createConditions();
    conditions.add(`tenant = ${conditions.bind(tenant)}`);
    if (filters.state !== undefined) conditions.add(`state = ${conditions.bind(filters.state)}`);
    if (paging.after !== null) conditions.add(`import < ${conditions.bind(paging.after[0])}`);
    const text = `select ${listed} from imports ${conditions.where()} order by import desc limit ${limit + 1}`;
    const page = paging.cut(await database.query<Row>('SELECT imports', text, conditions.values), (row) => [row.import]);
    return JSON.stringify({ imports: page.items, next_cursor: page.nextCursor });
  },
});

const selectImport = `select ${listed}, mapping, header from imports where tenant = $1 and name = $2`;
const selectAudit = `
  select ${utc('at')}, action, requested_by, key_id, why, next_line from import_audit where import = $1::bigint order by entry desc limit 100`;

const unknown = (name: string) => notFound(`There is no import '${name}': GET /imports lists those that there are.`);

export const importByName = defineRoute({
  method: 'GET',
  url: '/imports/:name',
  summary: 'One import: how far it is, and who did what to it.',
  path: importPath,
  query: noParameters,
  answer: importAnswer,
  errors: ['invalid_query', 'not_found', 'storage_unavailable'],
  respond: async ({ path: { name }, tenant }, database) =>
    database.snapshot(async (snapshot) => {
      const [row] = await snapshot.query<Row>('SELECT imports', selectImport, [tenant, name]);
      if (row === undefined) throw unknown(name);
      const audit = await snapshot.query('SELECT import_audit', selectAudit, [row.import]);
      return JSON.stringify({ ...row, audit });
    }),
});

const selectRefused = `
  select line, code, place, reason from import_refusals where import = $1::bigint and line > $2 order by line limit $3`;

export const importRefused = defineRoute({
  method: 'GET',
  url: '/imports/:name/refused',
  summary: 'The lines of a file that were refused, and why.',
  path: importPath,
  query: pageQuery,
  answer: refusedLinesAnswer,
  errors: ['invalid_query', 'not_found', 'storage_unavailable'],
  respond: async ({ path, query: { limit = defaultLimit, cursor }, tenant }, database) => {
    const paging = createPaging<[number]>('/imports/refused', path, ['position'], { limit, cursor });
    const [row] = await database.query<Row>('SELECT imports', 'select import from imports where tenant = $1 and name = $2', [
      tenant,
      path.name,
    ]);
    if (row === undefined) throw unknown(path.name);
    const values = [row.import, paging.after?.[0] ?? 0, limit + 1];
    const rows = await database.query<{ line: number }>('SELECT import_refusals', selectRefused, values);
    const page = paging.cut(rows, ({ line }) => [line]);
    return JSON.stringify({ refused: page.items, next_cursor: page.nextCursor });
  },
});
