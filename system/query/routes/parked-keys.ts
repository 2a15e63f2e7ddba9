// GET /parked-keys: keys whose events wait, because one of them fails.
import type { Static } from 'typebox';
import { createPaging } from '../page.ts';
import { parkConditions } from '../park-sql.ts';
import { defineRoute } from '../route.ts';
import { parkedKeysAnswer } from '../schemas/answers.ts';
import { defaultLimit, noParameters, parkedKeysQuery } from '../schemas/parameters.ts';
import { utc } from '../sql.ts';

type Key = [processor: string, version: number, systemName: string, objectId: string];
type Filters = Omit<Static<typeof parkedKeysQuery>, 'limit' | 'cursor'>;

type Row = {
  readonly processor: string;
  readonly version: number;
  readonly system_name: string;
  readonly object_id: string;
  readonly head_code: string | null;
  readonly head_message: string | null;
  readonly head_error_type: string | null;
};

export const parkedKeys = defineRoute({
  method: 'GET',
  url: '/parked-keys',
  summary: 'Parked and retrying keys, with how many events wait and why.',
  path: noParameters,
  query: parkedKeysQuery,
  answer: parkedKeysAnswer,
  errors: ['invalid_query', 'storage_unavailable'],
  respond: async ({ query: { limit = defaultLimit, cursor, ...filters }, tenant }, database) => {
    const paging = createPaging<Key>('/parked-keys', filters, ['text', 'position', 'text', 'text'], { limit, cursor });
    const { text, values } = selectParkedKeys(tenant, filters, paging.after, limit + 1);
    const rows = await database.query<Row>('SELECT parked_keys', text, values);
    const page = paging.cut(rows, (row) => [row.processor, row.version, row.system_name, row.object_id]);
    return JSON.stringify({ parked_keys: page.items.map(answerOf), next_cursor: page.nextCursor });
  },
});

const selectParkedKeys = (tenant: string, filters: Filters, after: Key | null, limit: number) => {
  const conditions = parkConditions(tenant, filters, { state: 'state' });
  if (after !== null) {
    const [name, version, systemName, objectId] = after.map((value) => conditions.bind(value));
    conditions.add(
      `(processor, version, system_name, object_id) > (${name}::text, ${version}::bigint, ${systemName}::text, ${objectId}::text)`,
    );
  }
  const ofKey = `
    from parked_events e
    where e.processor = k.processor and e.version = k.version and e.tenant = k.tenant and e.system_name = k.system_name and e.object_id = k.object_id`;
  const text = `
    select k.processor, k.version, k.lane, k.system_name, k.object_id, k.state, ${utc('k.since')}, ${utc('k.next_attempt_at')},
           (select count(*) ${ofKey}) as events, head.*
    from (
      select * from parked_keys ${conditions.where()} order by processor, version, system_name, object_id limit ${limit}
    ) k
    left join lateral (
      select e.reason_code as head_code, e.reason_message as head_message, e.error_type as head_error_type ${ofKey}
      order by e.position limit 1
    ) head on true
    order by k.processor, k.version, k.system_name, k.object_id`;
  return { text, values: conditions.values };
};

const answerOf = ({ head_code, head_message, head_error_type, ...row }: Row) => ({
  ...row,
  head_reason: head_code === null ? null : { code: head_code, message: head_message, error_type: head_error_type },
});
