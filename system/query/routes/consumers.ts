// GET /consumers and GET /consumers/{consumer}: who consumes elsewhere, and how far each is.
import { noConsumer } from '../consumers/read-consumer.ts';
import { defineRoute } from '../route.ts';
import { consumerAnswer, consumerPath, consumersAnswer } from '../schemas/consumer-schemas.ts';
import { noParameters } from '../schemas/parameters.ts';
import { utc } from '../sql.ts';

type Totals = { readonly consumer: string };

/** The bound on consumers of a tenant is the bound of this listing. */
const selectTotals = (condition: string) => `
  select c.consumer, ${utc('c.created_at')},
         (select count(*) from consumer_instances i where i.tenant = c.tenant and i.consumer = c.consumer and i.expires_at > now()) as instances,
         coalesce(sum(greatest(h.head - l.position, 0)), 0)::bigint as lag,
         count(*) filter (where l.position < h.low_water) as lanes_past_retention,
         ${utc('max(l.checkpointed_at)', 'checkpointed_at')}
  from consumers c
  left join consumer_lanes l using (tenant, consumer)
  left join lanes h on h.stream_version = c.stream_version and h.lane = l.lane
  where c.tenant = $1 ${condition}
  group by c.tenant, c.consumer order by c.consumer`;

const selectLanes = `
  select l.lane, l.position, h.head, h.low_water, greatest(h.head - l.position, 0) as lag,
         greatest(extract(epoch from clock_timestamp() - next.appended_at), 0)::double precision as lag_seconds,
         l.epoch, case when l.expires_at > now() then l.owner end as owner, ${utc('case when l.expires_at > now() then l.expires_at end', 'lease_expires_at')},
         ${utc('l.checkpointed_at')}
  from consumer_lanes l
  join consumers c using (tenant, consumer)
  join lanes h on h.stream_version = c.stream_version and h.lane = l.lane
  left join lateral (
    select appended_at from log
    where stream_version = c.stream_version and lane = l.lane and position > l.position and l.position < h.head order by position limit 1
  ) next on true
  where l.tenant = $1 and l.consumer = $2 order by l.lane`;

export const consumers = defineRoute({
  method: 'GET',
  url: '/consumers',
  summary: 'Consumers over HTTP, and how far behind each is.',
  path: noParameters,
  query: noParameters,
  answer: consumersAnswer,
  errors: ['invalid_query', 'storage_unavailable'],
  respond: async ({ tenant }, database) =>
    JSON.stringify({ consumers: await database.query<Totals>('SELECT consumers', selectTotals(''), [tenant]) }),
});

export const consumer = defineRoute({
  method: 'GET',
  url: '/consumers/:consumer',
  summary: 'One consumer: its checkpoint, lease and lag in each lane.',
  path: consumerPath,
  query: noParameters,
  answer: consumerAnswer,
  errors: ['invalid_query', 'not_found', 'storage_unavailable'],
  respond: ({ path, tenant }, database) =>
    database.snapshot(async (snapshot) => {
      const [totals] = await snapshot.query<Totals>('SELECT consumers', selectTotals('and c.consumer = $2'), [tenant, path.consumer]);
      if (totals === undefined) throw noConsumer(path.consumer);
      const lanes = await snapshot.query('SELECT consumer_lanes', selectLanes, [tenant, path.consumer]);
      return JSON.stringify({ ...totals, lanes });
    }),
});
