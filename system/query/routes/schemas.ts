// GET /schemas, and one of them under the address that a `dataschema` names it by.
import { createPaging } from '../page.ts';
import { notFound } from '../request-problem.ts';
import { defineRoute } from '../route.ts';
import { defaultLimit, noParameters } from '../schemas/parameters.ts';
import { schemaAnswer, schemaPath, schemasAnswer, schemasQuery } from '../schemas/registry-schemas.ts';
import { createConditions, utc } from '../sql.ts';

type Row = { readonly system_name: string; readonly event_name: string; readonly version: number };

const columns = `system_name, event_name, version, owner, compatibility, ${utc('registered_at')}, registered_by, ${utc('retired_at')}, retired_by`;

export const schemas = defineRoute({
  method: 'GET',
  url: '/schemas',
  summary: 'The registered schemas, by system, event and version.',
  path: noParameters,
  query: schemasQuery,
  answer: schemasAnswer,
  errors: ['invalid_query', 'storage_unavailable'],
  respond: async ({ query: { limit = defaultLimit, cursor, ...filters }, tenant }, database) => {
    const paging = createPaging<[string, string, number]>('/schemas', filters, ['text', 'text', 'position'], { limit, cursor });
    const conditions = createConditions();
    conditions.add(`tenant = ${conditions.bind(tenant)}`);
    if (filters.system_name !== undefined) conditions.add(`system_name = ${conditions.bind(filters.system_name)}`);
    if (filters.event_name !== undefined) conditions.add(`event_name = ${conditions.bind(filters.event_name)}`);
    if (paging.after !== null) {
      const [system, event, version] = paging.after;
      conditions.add(
        `(system_name, event_name, version) > (${conditions.bind(system)}, ${conditions.bind(event)}, ${conditions.bind(version)}::bigint)`,
      );
    }
    const text = `select ${columns} from event_schemas ${conditions.where()} order by system_name, event_name, version limit ${limit + 1}`;
    const rows = await database.query<Row>('SELECT event_schemas', text, conditions.values);
    const page = paging.cut(rows, ({ system_name, event_name, version }) => [system_name, event_name, version]);
    return JSON.stringify({ schemas: page.items, next_cursor: page.nextCursor });
  },
});

type WholeRow = Row & { readonly schema: string; readonly examples: string };

const selectOne = `
  select ${columns}, schema, examples, upcast, downcast from event_schemas
  where tenant = $1 and system_name = $2 and event_name = $3 and version = $4::bigint`;

export const schemaByVersion = defineRoute({
  method: 'GET',
  url: '/schemas/:system_name/:event_name/:version',
  summary: 'One version of a schema. Its address is what a CloudEvent names it by, in `dataschema`.',
  path: schemaPath,
  query: noParameters,
  answer: schemaAnswer,
  errors: ['invalid_query', 'not_found', 'storage_unavailable'],
  respond: async ({ path: { system_name, event_name, version }, tenant }, database) => {
    const [row] = await database.query<WholeRow>('SELECT event_schemas', selectOne, [tenant, system_name, event_name, version]);
    if (row === undefined) throw notFound(`Version ${version} of event '${event_name}' of system '${system_name}' is not registered.`);
    const { schema, examples, ...rest } = row;
    return JSON.stringify({ ...rest, schema: JSON.parse(schema) as unknown, examples: JSON.parse(examples) as unknown });
  },
});
