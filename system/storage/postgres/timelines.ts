// Processor `timelines`: an entry an event, numbered in the order of application, and counts per minute by event name. Not idempotent by nature: applied
// twice there is one entry and one count too many, which the books and the checkers see.
import type { HandledEvent, OrderedProcessor, TimelineHandler } from '../../workers/processor.ts';
import type { LogEvent } from '../../stream/stream.ts';

export type TimelineEffect = { readonly summary: string | null };

/**
 * One statement. Timelines are locked key by key in one order; a key belongs to one lane, so that lanes never meet. Entry numbers: the timeline's
 * count after this batch, less those of the key that come later in it.
 */
const applyTimelines = `
  with input as materialized (
    select *, row_number() over (partition by tenant, system_name, object_id order by n desc) - 1 as later
    from unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::bigint[], $8::timestamptz[], $9::integer[], $10::bigint[], $11::text[])
      with ordinality as i (tenant, system_name, object_id, event_id, event_name, sequence, event_time, lane, position, summary, n)
  ), counted as (
    insert into timelines as t (version, tenant, system_name, object_id, lane, entries, last_event_id)
    select $1, tenant, system_name, object_id, min(lane), count(*), max(event_id) filter (where later = 0)
    from input group by tenant, system_name, object_id order by tenant, system_name, object_id
    on conflict (version, tenant, system_name, object_id) do update
    set entries = t.entries + excluded.entries, last_event_id = excluded.last_event_id, updated_at = clock_timestamp()
    returning tenant, system_name, object_id, entries
  ), minutes as (
    insert into minute_counts as m (version, lane, tenant, system_name, event_name, minute, count)
    select $1, lane, tenant, system_name, event_name, date_trunc('minute', event_time, 'UTC'), count(*)
    from input group by 2, 3, 4, 5, 6 order by 2, 3, 4, 5, 6
    on conflict (version, lane, tenant, system_name, event_name, minute) do update set count = m.count + excluded.count
  )
  insert into timeline_entries (version, tenant, system_name, object_id, entry, event_id, event_name, sequence, event_time, lane, position, summary)
  select $1, i.tenant, i.system_name, i.object_id, c.entries - i.later, i.event_id, i.event_name, i.sequence, i.event_time, i.lane, i.position, i.summary
  from input i join counted c using (tenant, system_name, object_id)`;

/** `version` decides which rows it writes: those of others are never touched. */
export const createTimelines = (handler: TimelineHandler, version = 1): OrderedProcessor<TimelineEffect> => ({
  kind: 'ordered',
  name: 'timelines',
  version,
  handle: (event) => {
    const made = handler(event);
    return made instanceof Promise || isThenable(made) ? Promise.resolve(made).then(checkEffect) : checkEffect(made);
  },
  apply: async (handled, transaction) => {
    const { rowCount } = await transaction.query(applyTimelines, [version, ...columns(handled)]);
    return rowCount;
  },
});

const isThenable = (value: unknown): value is PromiseLike<TimelineEffect | null> =>
  typeof (value as { then?: unknown } | null)?.then === 'function';

/** User code may answer anything; what is no summary is its failure, told in its own words. */
const checkEffect = (made: unknown): TimelineEffect | null => {
  if (made === null) return null;
  const summary = (made as { summary?: unknown } | undefined)?.summary;
  if (summary === null || typeof summary === 'string') return { summary };
  throw new TypeError(`The handler returned ${describe(made)}; give {summary: string or null}, or null to ignore the event.`);
};

const describe = (made: unknown): string => {
  if (typeof made === 'object') return 'an object whose summary is neither a string nor null';
  return made === undefined ? 'nothing' : `a ${typeof made}`;
};

const columns = (handled: readonly HandledEvent<TimelineEffect>[]) => {
  const of = <Value>(pick: (event: LogEvent) => Value) => handled.map(({ event }) => pick(event));
  return [
    of((event) => event.tenant),
    of((event) => event.systemName),
    of((event) => event.objectId),
    of((event) => event.id),
    of((event) => event.eventName),
    of((event) => event.sequence),
    of((event) => event.eventTime),
    of((event) => event.lane),
    of((event) => event.position),
    handled.map(({ effect }) => effect.summary),
  ];
};
