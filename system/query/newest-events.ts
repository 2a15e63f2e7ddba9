// Which events are the newest that match. Table `events` has an index on objects, on names and on times, each within its tenant; one on ids within a tenant
// would cost a seventh of all inserts. The primary key finds the newest of who writes now, but for a tenant that fell silent, or an hour of last week, it reads
// all that came since, and the planner takes what matches for spread evenly: so each way is spelled out here. What none of them finds in time, more than a million
// events that match behind some millions that do not, is answered 503 with the advice to narrow the filters.
import { createConditions } from './sql.ts';

export type EventFilters = {
  readonly object_id?: string | undefined;
  readonly system_name?: string | undefined;
  readonly event_name?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
};

export type NewestAsked = {
  readonly tenant: string;
  readonly filters: EventFilters;
  /** Only ids below it: where the page before ended. */
  readonly below: number | undefined;
  /** Only up to these positions, by lane. */
  readonly positions: readonly number[] | undefined;
  readonly limit: number;
};

export type Reach = {
  /** Ids a row of the page, and by that rows at most, that are read newest first before anything else. */
  readonly recent: number;
  /** That are read, to find the newest of them: where more match, most likely the newest ids are not far. */
  readonly matching: number;
  /** Names of a tenant: where it has more, they are no classes of events, and each costs a page. */
  readonly names: number;
};

/** Placeholders of the values, empty for those that are not given; and what holds for each event of the answer, however it is found, by what it is about. */
type Bound = {
  readonly conditions: ReadonlyMap<string, string>;
  readonly tenant: string;
  readonly below: string;
  readonly range: { readonly system: string; readonly name: string; readonly from: string; readonly to: string };
  readonly limit: number;
  readonly reach: Reach;
};

/** 10,000 ids for a page of a hundred are some 5 ms, a million that match some 1.2 s. */
const usualReach: Reach = { recent: 100, matching: 1_000_000, names: 1000 };

/** The text of a query for ids, newest first, and its values. */
export const selectNewestIds = ({ tenant, filters, below, positions, limit }: NewestAsked, reach = usualReach) => {
  const { object_id: object, system_name: system, event_name: name, from, to } = filters;
  const { bind, values } = createConditions();
  const conditions = new Map<string, string>();
  const given = (value: string | number | undefined, about: string, condition: string): string => {
    if (value === undefined) return '';
    const placeholder = bind(value);
    conditions.set(about, `${condition} ${placeholder}`);
    return placeholder;
  };
  const tenantValue = given(tenant, 'tenant', 'tenant =');
  const belowValue = given(below ?? Number.MAX_SAFE_INTEGER, 'id', 'id <');
  const objectValue = given(object, 'object_id', 'object_id =');
  const range = {
    system: given(system, 'system_name', 'system_name ='),
    name: given(name, 'event_name', 'event_name ='),
    from: given(from, 'from', 'event_time >='),
    to: given(to, 'to', 'event_time <'),
  };
  if (positions !== undefined) conditions.set('position', `coalesce(position <= (${bind(positions)}::bigint[])[lane + 1], true)`);
  const bound = { conditions, limit, reach, range, tenant: tenantValue, below: belowValue };
  return { text: newest(bound, objectValue), values };
};

const newest = (bound: Bound, object: string): string => {
  const { system, name, from, to } = bound.range;
  const isOfTime = from + to !== '';
  if (object !== '') {
    const walked = system === '' ? ofEachSystem(bound, (each) => walkObject(bound, each, object)) : walkObject(bound, system, object);
    return isOfTime || name !== '' ? recentThen(bound, (older) => ofAll(bound, older, walked)) : walked;
  }
  if (isOfTime || system !== '') return recentThen(bound, (older) => ofAll(bound, older, byId(bound)));
  return name === '' ? recentThen(bound, () => ofAnyName(bound)) : walkName(bound, name);
};

const all = (conditions: Bound['conditions'], but: readonly string[] = []): string =>
  [...conditions].flatMap(([about, condition]) => (but.includes(about) ? [] : [condition])).join(' and ');

/**
 * Along one index from its newest end, as many as are wanted. A comparison of rows keeps the planner from taking the leading columns for constants, for which the
 * order of the primary key would do as well: this index alone has the order. Nothing else is asked of these columns: by `tenant = …` beside it the server would
 * begin at the end of the tenant.
 */
const walk = ({ conditions, below, limit }: Bound, columns: readonly string[], values: readonly string[]): string => {
  const [row, value] = [columns.join(', '), values.join(', ')];
  const inside = [`(${row}, id) >= (${value}, 0) and (${row}, id) < (${value}, ${below})`, all(conditions, [...columns, 'id'])];
  const order = [...columns, 'id'].map((column) => `${column} desc`).join(', ');
  return `select id from events where ${inside.filter(Boolean).join(' and ')} order by ${order} limit ${limit}`;
};

const walkObject = (bound: Bound, system: string, object: string): string =>
  walk(bound, ['tenant', 'system_name', 'object_id'], [bound.tenant, system, object]);

const walkName = (bound: Bound, name: string): string => walk(bound, ['tenant', 'event_name'], [bound.tenant, name]);

/** The index on objects begins with the system. */
const ofEachSystem = (bound: Bound, idsOf: (system: string) => string): string => `
  with recursive ${valuesOf(bound, 'system_name')} ${fromEach('each_one', bound.limit, idsOf)}`;

/** A tenant's events by the index on names. */
const ofAnyName = (bound: Bound): string => {
  const { limit, reach } = bound;
  return `
  with recursive ${valuesOf(bound, 'event_name')},
  names as materialized (select value from each_one limit ${reach.names + 2}), size as materialized (select count(value) as size from names)
  (${fromEach(`(select value from names where (select size from size) <= ${reach.names})`, limit, (name) => walkName(bound, name))})
  union all
  (select id from (${byId(bound)}) newest where (select size from size) > ${reach.names})`;
};

/** From one of a column's values to the next, with one probe each; the last is null. */
const valuesOf = ({ tenant }: Bound, column: string): string => `each_one(value) as (
    select min(${column}) from events where tenant = ${tenant}
    union all
    select (select min(e.${column}) from events e where e.tenant = ${tenant} and e.${column} > each_one.value) from each_one where each_one.value is not null
  )`;

const fromEach = (values: string, limit: number, idsOf: (value: string) => string): string => `
  select found.id from ${values} each cross join lateral (${idsOf('each.value')}) found where each.value is not null order by id desc limit ${limit}`;

/** Along the primary key. */
const byId = ({ conditions, limit }: Bound): string => `select id from events where ${all(conditions)} order by id desc limit ${limit}`;

/**
 * All that match, and the newest of them; where they are too many to be read whole, as `otherwise` finds them. What a lane had by then is asked of those alone
 * that are looked at: it is in no index.
 */
const ofAll = (bound: Bound, older: string, otherwise: string): string => {
  const { conditions, limit, reach } = bound;
  const position = conditions.get('position');
  const isThere =
    position === undefined ? '' : `cross join lateral (select from events e where e.id = found.id and ${position} offset 0) there`;
  return `
  with matching as materialized (${matching(bound, older)} limit ${reach.matching + 1}), size as materialized (select count(*) as size from matching)
  (select found.id from (select id from matching where (select size from size) <= ${reach.matching} order by id desc) found ${isThere} order by id desc limit ${limit})
  union all
  (select id from (${otherwise}) newest where (select size from size) > ${reach.matching})`;
};

/** Of times alone, or a system alone, along their index, and without a look at the rows; of more than that, as the planner finds best. */
const matching = (bound: Bound, older: string): string => {
  const { conditions, tenant, range } = bound;
  const { system, name, from, to } = range;
  const along = (column: string, first: string, last: string, but: readonly string[]) => `
    select id from events where (tenant, ${column}) >= (${tenant}, ${first}) and (tenant, ${column}) ${last}
      and ${all(conditions, ['tenant', 'position', ...but])} and ${older}
    order by tenant desc, ${column} desc`;
  const every = `select id from events where ${all(conditions, ['position'])} and ${older}`;
  if (conditions.has('object_id')) return system === '' ? ofEachSystemAll(bound, every) : every;
  if (system !== '' && name + from + to === '') return along('system_name', system, `<= (${tenant}, ${system})`, ['system_name']);
  if (system + name === '') return along('event_time', from || `'-infinity'`, `< (${tenant}, ${to || `'infinity'`})`, ['from', 'to']);
  return every;
};

/** Without an order the planner has no reason to read along the primary key, whatever it hopes to find there. */
const ofEachSystemAll = (bound: Bound, every: string): string => `
  with recursive ${valuesOf(bound, 'system_name')}
  select found.id from each_one each cross join lateral (${every} and system_name = each.value offset 0) found where each.value is not null`;

/** Most often the page is full from the newest ids alone. `rest` may find those again. */
const recentThen = ({ conditions, below, limit, reach }: Bound, rest: (older: string) => string): string => {
  const oldest = `least(${below}, (select max(id) from events)) - ${reach.recent * limit}`;
  return `
  with recent as materialized (select id from events where ${all(conditions)} and id > ${oldest} order by id desc limit ${limit})
  select id from recent
  union
  select id from (${rest(`id <= ${oldest}`)}) rest where (select count(*) from recent) < ${limit}
  order by id desc limit ${limit}`;
};
