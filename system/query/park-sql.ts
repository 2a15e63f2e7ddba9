// SQL that the routes of the park share.
import { createConditions, utc } from './sql.ts';

type ParkFilters = {
  readonly processor?: string | undefined;
  readonly version?: number | undefined;
  readonly system_name?: string | undefined;
  readonly object_id?: string | undefined;
};

/** What a retired version has rests with it: nobody would carry out what is asked of it. */
export const notRetired = `(processor, version) not in (select processor, version from processors where state = 'retired')`;

/** Conditions on a table of the park, its tenant first. */
export const parkConditions = (
  tenant: string,
  filters: ParkFilters & Readonly<Record<string, unknown>>,
  columns: Readonly<Record<string, string>> = {},
) => {
  const conditions = createConditions();
  conditions.add(`tenant = ${conditions.bind(tenant)}`);
  conditions.add(notRetired);
  const names: Readonly<Record<string, string>> = {
    processor: 'processor',
    version: 'version',
    system_name: 'system_name',
    object_id: 'object_id',
    ...columns,
  };
  for (const [name, column] of Object.entries(names))
    if (filters[name] !== undefined) conditions.add(`${column} = ${conditions.bind(filters[name])}${castOf(filters[name])}`);
  return conditions;
};

/** A client's number may be larger than the column's type. */
const castOf = (value: unknown) => (typeof value === 'number' ? '::bigint' : '');

/** Of a row `e` of the park, with what operators did to it as `r`. */
export const parkedEventColumns = `
  e.processor, e.version, e.lane, e.position, e.id, e.system_name, e.object_id, e.event_name, e.sequence, e.reason_code, e.reason_message, e.error_type,
  e.attempts, coalesce(r.earlier_attempts, 0) as earlier_attempts, coalesce(r.replays, 0) as replays, ${utc('e.received_at')}, ${utc('e.parked_at')},
  ${utc('e.first_failed_at')}, ${utc('e.last_failed_at')}, e.worker, e.traceparent, r.fixed_body is not null as is_fixed,
  case when (select p.ordered from processors p where p.processor = e.processor and p.version = e.version) then (
    select count(*) from parked_events b
    where b.processor = e.processor and b.version = e.version and b.tenant = e.tenant and b.system_name = e.system_name and b.object_id = e.object_id
      and b.position > e.position
  ) else 0 end as waiting_behind, e.body`;

export const withRecoveries = 'left join event_recoveries r using (processor, version, lane, position)';
