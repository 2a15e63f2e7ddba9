// GET /recovery/audit: who did what to which dead letter, when and why; newest first.
import { createPaging } from '../page.ts';
import { defineRoute } from '../route.ts';
import { auditQuery, defaultLimit, noParameters } from '../schemas/parameters.ts';
import { auditAnswer } from '../schemas/recovery-answers.ts';
import { createConditions, utc } from '../sql.ts';

type Row = { readonly entry: number };

export const recoveryAudit = defineRoute({
  method: 'GET',
  url: '/recovery/audit',
  summary: 'Who did what to which dead letter, when and why.',
  path: noParameters,
  query: auditQuery,
  answer: auditAnswer,
  errors: ['invalid_query', 'storage_unavailable'],
  respond: async ({ query: { limit = defaultLimit, cursor, ...filters }, tenant }, database) => {
    const paging = createPaging<[number]>('/recovery/audit', filters, ['position'], { limit, cursor });
    const conditions = createConditions();
    conditions.add(`tenant = ${conditions.bind(tenant)}`);
    if (filters.system_name !== undefined) conditions.add(`system_name = ${conditions.bind(filters.system_name)}`);
    if (filters.object_id !== undefined) conditions.add(`object_id = ${conditions.bind(filters.object_id)}`);
    if (filters.job !== undefined) conditions.add(`job = ${conditions.bind(filters.job)}`);
    if (paging.after !== null) conditions.add(`entry < ${conditions.bind(paging.after[0])}`);
    const rows = await database.query<Row>('SELECT recovery_audit', select(conditions.where(), limit + 1), conditions.values);
    const page = paging.cut(rows, ({ entry }) => [entry]);
    return JSON.stringify({ entries: page.items, next_cursor: page.nextCursor });
  },
});

const select = (where: string, limit: number) => `
  select entry, ${utc('at')}, job, action, outcome, requested_by, why, ${utc('requested_at')},
         (select key_id from recovery_jobs j where j.job = recovery_audit.job) as key_id, done_by, processor, version, lane, position, event_id,
         system_name, object_id, events, reason_code, attempts, encode(body_sha256, 'hex') as body_sha256
  from recovery_audit ${where} order by entry desc limit ${limit}`;
