// What the books say of those who consume elsewhere, over HTTP: how far each is behind, and since when.
import type { Client } from 'pg';
import { signals } from '../../contract/signals.ts';
import type { BookEntry } from '../../telemetry/accounting.ts';

const labelledConsumers = 20;

/**
 * By name those that were made first, as tenants have their labels: one that comes later takes nobody's name away. What is over the bound is one, and of it the
 * furthest behind speaks for each lane.
 */
const selectConsumers = `
  with labelled as (
    select c.tenant, c.consumer, c.stream_version,
           case when row_number() over (order by c.created_at, c.tenant, c.consumer) > ${labelledConsumers} then '_others'
                when c.tenant = 'default' then c.consumer else c.tenant || '/' || c.consumer end as label
    from consumers c
  ), unread as (
    select c.label, c.stream_version, l.lane, h.head, min(l.position) as position, sum(greatest(h.head - l.position, 0)) as lag
    from labelled c
    join consumer_lanes l using (tenant, consumer)
    join lanes h on h.stream_version = c.stream_version and h.lane = l.lane
    group by c.label, c.stream_version, l.lane, h.head
  )
  select c.label as consumer, coalesce(sum(u.lag), 0)::bigint as lag,
         greatest(max(extract(epoch from clock_timestamp() - next.appended_at)), 0)::double precision as seconds
  from (select distinct label from labelled) c
  left join unread u using (label)
  left join lateral (
    select appended_at from log
    where stream_version = u.stream_version and lane = u.lane and position > u.position and u.position < u.head order by position limit 1
  ) next on true
  group by c.label`;

type ConsumerRow = { consumer: string; lag: number; seconds: number };

export const readConsumers = async (client: Client): Promise<readonly BookEntry[]> => {
  const { rows } = await client.query<ConsumerRow>(selectConsumers);
  return rows.flatMap(({ consumer, lag, seconds }): BookEntry[] => {
    const attributes = { 'faultline.consumer': consumer };
    return [
      { signal: signals.consumerLag, attributes, value: lag },
      { signal: signals.consumerLagDuration, attributes, value: seconds },
    ];
  });
};
