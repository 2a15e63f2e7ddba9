// Which events are the newest that match. Table `events` has an index on objects, on names and on times, each within its tenant; one on ids within a tenant
// would cost a seventh of all inserts. The primary key finds the newest of who writes now, but for a tenant that fell silent, or an hour of last week, it reads
// all that came since, and the planner hopes for the best: so each way is spelled out here, with what it reads at most.
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
  /** Ids, and by that rows at most, that are read newest first before anything else. */
  readonly recent: number;
  /** Of a range that has more than so many, most likely the newest ids are not far. */
  readonly matching: number;
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

/** Some 5 ms, and at most a second and a half by an index. */
const usualReach: Reach = { recent: 10_000, matching: 1_000_000 };

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
  const text = (): string => {
    if (object !== undefined) return system === undefined ? ofAnySystem(bound, objectValue) : walkObject(bound, range.system, objectValue);
    if (from !== undefined || to !== undefined || system !== undefined) return recentThen(bound, (older) => ofAll(bound, older));
    return name === undefined ? recentThen(bound, () => ofAnyName(bound)) : walkName(bound, range.name);
  };
  return { text: text(), values };
};

const all = (conditions: Bound['conditions'], but: readonly string[] = []): string =>
  [...conditions].flatMap(([about, condition]) => (but.includes(about) ? [] : [condition])).join(' and ');

/**
 * Along one index from its newest end, as many as are wanted. No other index has this order: compared as rows, its columns are no constants to the planner, for
 * which the order of the primary key would do as well. Nothing else is asked of them: by a column alone the server would begin at the end of all that it holds for.
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
const ofAnySystem = (bound: Bound, object: string): string => ofEach(bound, 'system_name', (system) => walkObject(bound, system, object));

/** A tenant's events by the index on names. */
const ofAnyName = (bound: Bound): string => ofEach(bound, 'event_name', (name) => walkName(bound, name));

/** From one of a column's values to the next, which are few, with one probe each, and the newest of each. */
const ofEach = ({ tenant, limit }: Bound, column: string, newestOf: (value: string) => string): string => `
  with recursive each_one(value) as (
    select min(${column}) from events where tenant = ${tenant}
    union all
    select (select min(e.${column}) from events e where e.tenant = ${tenant} and e.${column} > each_one.value) from each_one where each_one.value is not null
  )
  select found.id from each_one cross join lateral (${newestOf('each_one.value')}) found where each_one.value is not null order by id desc limit ${limit}`;

/**
 * All that match, and the newest of them; where they are too many to be read whole, along the primary key. What a lane had by then is asked of those alone that
 * are looked at: it is in no index.
 */
const ofAll = (bound: Bound, older: string): string => {
  const { conditions, limit, reach } = bound;
  const position = conditions.get('position');
  const isThere =
    position === undefined ? '' : `cross join lateral (select from events e where e.id = found.id and ${position} offset 0) there`;
  return `
  with matching as materialized (${matching(bound, older)} limit ${reach.matching + 1}), size as materialized (select count(*) as size from matching)
  (select found.id from (select id from matching where (select size from size) <= ${reach.matching} order by id desc) found ${isThere} order by id desc limit ${limit})
  union all
  (select id from events where ${all(conditions)} and ${older} and (select size from size) > ${reach.matching} order by id desc limit ${limit})`;
};

/** Of times alone, or a system alone, along their index, and without a look at the rows; of more than that, as the planner finds best. */
const matching = ({ conditions, tenant, range }: Bound, older: string): string => {
  const along = (column: string, first: string, last: string, but: readonly string[]) =>
    `select id from events where (tenant, ${column}) >= (${tenant}, ${first}) and (tenant, ${column}) ${last} and ${all(conditions, ['tenant', 'position', ...but])} and ${older}
    order by tenant desc, ${column} desc`;
  const { system, name, from, to } = range;
  if (system !== '' && name + from + to === '') return along('system_name', system, `<= (${tenant}, ${system})`, ['system_name']);
  if (system + name === '') return along('event_time', from || `'-infinity'`, `< (${tenant}, ${to || `'infinity'`})`, ['from', 'to']);
  return `select id from events where ${all(conditions, ['position'])} and ${older}`;
};

/** Most often the page is full from the newest ids alone. What those have is found again by `rest`, unless it takes only what is older. */
const recentThen = ({ conditions, below, limit, reach }: Bound, rest: (older: string) => string): string => {
  const oldest = `least(${below}, (select max(id) from events)) - ${reach.recent}`;
  return `
  with recent as materialized (select id from events where ${all(conditions)} and id > ${oldest} order by id desc limit ${limit})
  select id from recent
  union
  select id from (${rest(`id <= ${oldest}`)}) rest where (select count(*) from recent) < ${limit}
  order by id desc limit ${limit}`;
};
