// GET /parked-keys/{processor}/{version}/{system_name}/{object_id}: one parked key, with its events in the order in which they will be applied.
import { createPaging } from '../page.ts';
import { notFound } from '../request-problem.ts';
import { defineRoute } from '../route.ts';
import { parkedKeyAnswer } from '../schemas/answers.ts';
import { defaultLimit, pageQuery, parkedKeyPath } from '../schemas/parameters.ts';
import { utc } from '../sql.ts';

type KeyRow = {
  readonly lane: number;
  readonly state: string;
  readonly since: string;
  readonly next_attempt_at: string | null;
  readonly total: number;
};

type EventRow = {
  readonly position: number;
  readonly reason_code: string | null;
  readonly reason_message: string | null;
  readonly error_type: string | null;
};

const keyIs = 'processor = $1 and version = $2::bigint and tenant = $3 and system_name = $4 and object_id = $5';

const selectKey = `
  select lane, state, ${utc('since')}, ${utc('next_attempt_at')}, (select count(*) from parked_events where ${keyIs}) as total
  from parked_keys where ${keyIs}`;

const selectEvents = `
  select e.position, e.id, e.event_name, e.sequence, ${utc('e.received_at')}, e.reason_code, e.reason_message, e.error_type, e.attempts,
         r.fixed_body is not null as is_fixed
  from (select * from parked_events where ${keyIs} and position > $6 order by position limit $7) e
  left join event_recoveries r using (processor, version, lane, position)
  order by e.position`;

export const parkedKey = defineRoute({
  method: 'GET',
  url: '/parked-keys/:processor/:version/:system_name/:object_id',
  summary: 'One parked key, with its events in their order.',
  path: parkedKeyPath,
  query: pageQuery,
  answer: parkedKeyAnswer,
  errors: ['invalid_query', 'not_found', 'storage_unavailable'],
  respond: async ({ path, query: { limit = defaultLimit, cursor }, tenant }, database) => {
    const { processor, version, system_name, object_id } = path;
    const paging = createPaging<[number]>('/parked-keys/one', path, ['position'], { limit, cursor });
    const values = [processor, version, tenant, system_name, object_id];
    const [key] = await database.query<KeyRow>('SELECT parked_keys', selectKey, values);
    if (key === undefined)
      throw notFound(`Processor '${processor}', version ${version}, has no parked key '${object_id}' of system '${system_name}'.`);
    const rows = await database.query<EventRow>('SELECT parked_events', selectEvents, [...values, paging.after?.[0] ?? 0, limit + 1]);
    const page = paging.cut(rows, ({ position }) => [position]);
    const { lane, ...rest } = key;
    return JSON.stringify({
      processor,
      version,
      lane,
      system_name,
      object_id,
      ...rest,
      events: page.items.map(answerOf),
      next_cursor: page.nextCursor,
    });
  },
});

const answerOf = ({ reason_code, reason_message, error_type, ...row }: EventRow) => ({
  ...row,
  reason: reason_code === null ? null : { code: reason_code, message: reason_message, error_type },
});
