// GET /dead-letters: events that a processor could not apply, parked for good.
import type { Static } from 'typebox';
import { createPaging } from '../page.ts';
import { parkConditions, parkedEventColumns, withRecoveries } from '../park-sql.ts';
import { parkedEventJson, type ParkedEventRow } from '../parked-event-row.ts';
import { defineRoute } from '../route.ts';
import { deadLettersAnswer } from '../schemas/answers.ts';
import { deadLettersQuery, defaultLimit, noParameters } from '../schemas/parameters.ts';
import { pageBytes } from '../sql.ts';

type Key = [processor: string, version: number, lane: number, position: number];
type Filters = Omit<Static<typeof deadLettersQuery>, 'limit' | 'cursor'>;
type Row = ParkedEventRow & { readonly matched: number };

export const deadLetters = defineRoute({
  method: 'GET',
  url: '/dead-letters',
  summary: 'Dead letters, by processor, lane and position.',
  path: noParameters,
  query: deadLettersQuery,
  answer: deadLettersAnswer,
  errors: ['invalid_query', 'storage_unavailable'],
  respond: async ({ query: { limit = defaultLimit, cursor, ...filters }, tenant }, database) => {
    const paging = createPaging<Key>('/dead-letters', filters, ['text', 'position', 'position', 'position'], { limit, cursor });
    const { text, values } = selectDeadLetters(tenant, filters, paging.after, limit + 1);
    const rows = await database.query<Row>('SELECT dead_letters', text, values);
    const matched = rows[0]?.matched ?? 0;
    const page = paging.cut(rows, (row) => [row.processor, row.version, row.lane, row.position], matched > Math.min(rows.length, limit));
    const items = page.items.map((row) => parkedEventJson(row));
    return `{"dead_letters":[${items.join(',')}],"next_cursor":${JSON.stringify(page.nextCursor)}}`;
  },
});

const selectDeadLetters = (tenant: string, filters: Filters, after: Key | null, limit: number) => {
  const conditions = parkConditions(tenant, filters, {
    event_name: 'event_name',
    reason: 'reason_code',
    lane: 'lane',
    position: 'position',
  });
  if (filters.from !== undefined) conditions.add(`last_failed_at >= ${conditions.bind(filters.from)}`);
  if (filters.to !== undefined) conditions.add(`last_failed_at < ${conditions.bind(filters.to)}`);
  if (after !== null) {
    const [name, version, lane, position] = after.map((value) => conditions.bind(value));
    conditions.add(`(processor, version, lane, position) > (${name}::text, ${version}::bigint, ${lane}::bigint, ${position}::bigint)`);
  }
  const inOrder = 'order by processor, version, lane, position';
  const text = `
    with page as (
      select *, count(*) over () as matched, sum(octet_length(body)) over (${inOrder}) - octet_length(body) as bytes_before
      from (select * from dead_letters ${conditions.where()} ${inOrder} limit ${limit}) first
    )
    select ${parkedEventColumns}, e.matched
    from page e ${withRecoveries}
    where e.bytes_before < ${pageBytes} ${inOrder}`;
  return { text, values: conditions.values };
};
