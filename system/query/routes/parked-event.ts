// GET /dead-letters/{processor}/{version}/{lane}/{position}: one parked event, with all that is known of it; also one that waits behind a dead letter.
import { parkedEventColumns, withRecoveries } from '../park-sql.ts';
import { parkedEventJson, type ParkedEventRow } from '../parked-event-row.ts';
import { notFound } from '../request-problem.ts';
import { defineRoute } from '../route.ts';
import { parkedEventAnswer } from '../schemas/answers.ts';
import { noParameters, parkedEventPath } from '../schemas/parameters.ts';
import { utc } from '../sql.ts';

type Row = ParkedEventRow & {
  readonly key_state: 'parked' | 'retrying';
  readonly fixed_body: string | null;
  readonly fixed_at: string | null;
  readonly fixed_by: string | null;
};

const select = `
  select ${parkedEventColumns}, r.fixed_body, ${utc('r.fixed_at')}, r.fixed_by, (
    select k.state from parked_keys k
    where (k.processor, k.version, k.tenant, k.system_name, k.object_id) = (e.processor, e.version, e.tenant, e.system_name, e.object_id)
  ) as key_state
  from parked_events e ${withRecoveries}
  where e.tenant = $1 and e.processor = $2 and e.version = $3::bigint and e.lane = $4::bigint and e.position = $5::bigint`;

export const parkedEvent = defineRoute({
  method: 'GET',
  url: '/dead-letters/:processor/:version/:lane/:position',
  summary: 'One event in the park: a dead letter, or one that waits behind it.',
  path: parkedEventPath,
  query: noParameters,
  answer: parkedEventAnswer,
  errors: ['invalid_query', 'not_found', 'storage_unavailable'],
  respond: async ({ path: { processor, version, lane, position }, tenant }, database) => {
    const [row] = await database.query<Row>('SELECT parked_events', select, [tenant, processor, version, lane, position]);
    if (row === undefined)
      throw notFound(`Processor '${processor}', version ${version}, has no event parked in lane ${lane} at position ${position}.`);
    const { fixed_body, fixed_at, fixed_by } = row;
    const more = JSON.stringify({ state: stateOf(row), fixed_at, fixed_by }).slice(1, -1);
    return parkedEventJson(row, `,${more},"fixed_body":${fixed_body ?? 'null'}`);
  },
});

const stateOf = ({ reason_code, key_state }: Row) => {
  if (reason_code === null) return 'waiting';
  return key_state === 'parked' ? 'dead_letter' : 'retrying';
};
