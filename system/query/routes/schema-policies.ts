// GET /schema-policies and /schema-audit: what becomes of events that do not fit, and who changed what.
import { createPaging } from '../page.ts';
import { defineRoute } from '../route.ts';
import { defaultLimit, noParameters } from '../schemas/parameters.ts';
import { policiesAnswer, schemaAuditAnswer, schemasQuery } from '../schemas/registry-schemas.ts';
import { createConditions, utc } from '../sql.ts';

const named = `nullif(system_name, '') as system_name, nullif(event_name, '') as event_name`;

const selectPolicies = `
  select ${named}, unregistered, unknown_version, invalid, unversioned, ${utc('set_at')}, set_by
  from schema_policies where tenant = $1 order by 1 nulls first, 2 nulls first limit 10000`;

export const schemaPolicies = defineRoute({
  method: 'GET',
  url: '/schema-policies',
  summary: 'What becomes of events that do not fit their schema, or are not known.',
  path: noParameters,
  query: noParameters,
  answer: policiesAnswer,
  errors: ['storage_unavailable'],
  respond: async ({ tenant }, database) =>
    JSON.stringify({ policies: await database.query('SELECT schema_policies', selectPolicies, [tenant]) }),
});

export const schemaAudit = defineRoute({
  method: 'GET',
  url: '/schema-audit',
  summary: 'Who changed what in the registry of schemas, when and why.',
  path: noParameters,
  query: schemasQuery,
  answer: schemaAuditAnswer,
  errors: ['invalid_query', 'storage_unavailable'],
  respond: async ({ query: { limit = defaultLimit, cursor, ...filters }, tenant }, database) => {
    const paging = createPaging<[number]>('/schema-audit', filters, ['position'], { limit, cursor });
    const conditions = createConditions();
    conditions.add(`tenant = ${conditions.bind(tenant)}`);
    if (filters.system_name !== undefined) conditions.add(`system_name = ${conditions.bind(filters.system_name)}`);
    if (filters.event_name !== undefined) conditions.add(`event_name = ${conditions.bind(filters.event_name)}`);
    if (paging.after !== null) conditions.add(`entry < ${conditions.bind(paging.after[0])}`);
    const text = `
      select entry, ${utc('at')}, action, requested_by, why, ${named}, version, key_id, detail
      from schema_audit ${conditions.where()} order by entry desc limit ${limit + 1}`;
    const rows = await database.query<{ readonly entry: number }>('SELECT schema_audit', text, conditions.values);
    const page = paging.cut(rows, ({ entry }) => [entry]);
    return JSON.stringify({ entries: page.items, next_cursor: page.nextCursor });
  },
});
