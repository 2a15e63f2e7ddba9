// GET /dead-letters: events that a processor could not apply, parked for good.
import { createPaging } from '../page.ts';
import { defineRoute } from '../route.ts';
import { deadLettersAnswer, defaultLimit, noParameters, processorQuery } from '../schemas.ts';
import { createConditions, pageBytes, tenant, utc } from '../sql.ts';

type Key = [processor: string, version: number, lane: number, position: number];

type Row = {
  readonly processor: string;
  readonly version: number;
  readonly lane: number;
  readonly position: number;
  readonly id: number;
  readonly system_name: string;
  readonly object_id: string;
  readonly event_name: string;
  readonly reason_code: string | null;
  readonly reason_message: string | null;
  readonly error_type: string | null;
  readonly attempts: number;
  readonly first_failed_at: string | null;
  readonly last_failed_at: string | null;
  readonly body: string;
  readonly matched: number;
};

export const deadLetters = defineRoute({
  method: 'GET',
  url: '/dead-letters',
  summary: 'Dead letters, by processor, lane and position.',
  path: noParameters,
  query: processorQuery,
  answer: deadLettersAnswer,
  errors: ['invalid_query', 'storage_unavailable'],
  respond: async ({ query: { limit = defaultLimit, cursor, processor } }, database) => {
    const paging = createPaging<Key>('/dead-letters', { processor }, ['text', 'position', 'position', 'position'], { limit, cursor });
    const { text, values } = selectDeadLetters(processor, paging.after, limit + 1);
    const rows = await database.query<Row>('SELECT dead_letters', text, values);
    const matched = rows[0]?.matched ?? 0;
    const page = paging.cut(rows, (row) => [row.processor, row.version, row.lane, row.position], matched > Math.min(rows.length, limit));
    return `{"dead_letters":[${page.items.map(deadLetterJson).join(',')}],"next_cursor":${JSON.stringify(page.nextCursor)}}`;
  },
});

const selectDeadLetters = (processor: string | undefined, after: Key | null, limit: number) => {
  const conditions = createConditions();
  conditions.add(`tenant = ${conditions.bind(tenant)}`);
  if (processor !== undefined) conditions.add(`processor = ${conditions.bind(processor)}`);
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
    select processor, version, lane, position, id, system_name, object_id, event_name, reason_code, reason_message, error_type, attempts,
           ${utc('first_failed_at')}, ${utc('last_failed_at')}, body, matched
    from page where bytes_before < ${pageBytes} ${inOrder}`;
  return { text, values: conditions.values };
};

const deadLetterJson = ({ reason_code, reason_message, error_type, body, matched: _matched, ...row }: Row) => {
  const { attempts, first_failed_at, last_failed_at, ...where } = row;
  const reason = { code: reason_code, message: reason_message, error_type };
  // The body is JSON: admission has parsed it.
  return `${JSON.stringify({ ...where, reason, attempts, first_failed_at, last_failed_at }).slice(0, -1)},"body":${body}}`;
};
