import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMigratedDatabase, type TestDatabase } from '../storage/postgres/testing.ts';
import { createTestPool } from '../storage/postgres/testing-pool.ts';
import { type EventFilters, type Reach, selectNewestIds } from './newest-events.ts';

let database: TestDatabase;
let pool: ReturnType<typeof createTestPool>;

beforeAll(async () => {
  database = await createMigratedDatabase(4);
  pool = createTestPool(database.url, 2);
});

afterAll(async () => {
  await pool.end();
  await database[Symbol.asyncDispose]();
});

/** The n-th has id 97 n, a minute or so after the one before; no two of its columns go together. */
const insertEvents = (events: number, tenant: string) => `
  insert into events (id, tenant, system_name, object_id, event_name, metadata, event_time, event_time_source, received_at, lane, position, body)
  select n * 97, ${tenant}, 'system ' || (hashint4(n) & 1), 'object ' || (hashint4(n + 7) & 3), 'name ' || (hashint4(n + 9) & 3), '{}',
    timestamptz '2026-01-01' + (n + hashint4(n) % 20) * interval '1 minute', 'client', now(), n % 4, n / 4, '{"metadata":{}}'
  from generate_series(1, ${events}) n`;

const allFilters: readonly EventFilters[] = [undefined, '2026-01-01T02:00:00Z'].flatMap((from) =>
  [undefined, '2026-01-01T04:00:00Z'].flatMap((to) =>
    [undefined, 'system 1', 'system 9'].flatMap((system) =>
      [undefined, 'name 3', 'name 9'].flatMap((name) =>
        [undefined, 'object 2'].map((object) => ({ from, to, system_name: system, event_name: name, object_id: object })),
      ),
    ),
  ),
);

describe('the newest that match', () => {
  type Row = {
    id: number;
    tenant: string;
    system_name: string;
    object_id: string;
    event_name: string;
    event_time: Date;
    lane: number;
    position: number;
  };
  let rows: readonly Row[];
  const positions = [80, 10, 90, 50];

  beforeAll(async () => {
    await pool.query('truncate events');
    await pool.query(insertEvents(400, `case when n < 60 or n % 5 = 0 then 'quiet' else 'busy' end`));
    rows = (await pool.query<Row>(`select e.*, e.id::integer as id, e.position::integer as position from events e order by e.id desc`))
      .rows;
  });

  const matches = (row: Row, tenant: string, filters: EventFilters, upTo: readonly number[] | undefined) =>
    row.tenant === tenant &&
    (['system_name', 'object_id', 'event_name'] as const).every((column) => [undefined, row[column]].includes(filters[column])) &&
    (filters.from === undefined || row.event_time >= new Date(filters.from)) &&
    (filters.to === undefined || row.event_time < new Date(filters.to)) &&
    (upTo === undefined || row.position <= upTo[row.lane]!);

  const pagesOf = async (tenant: string, filters: EventFilters, upTo: readonly number[] | undefined, reach: Reach) => {
    const found: number[] = [];
    for (let below: number | undefined; ;) {
      const { text, values } = selectNewestIds({ tenant, filters, below, positions: upTo, limit: 7 }, reach);
      const page = (await pool.query<{ id: string }>(text, [...values])).rows.map(({ id }) => Number(id));
      found.push(...page);
      if (page.length < 7) return found;
      below = page.at(-1);
    }
  };

  it.each([
    { recent: 100, matching: 1_000_000, names: 1000 },
    { recent: 40, matching: 1_000_000, names: 1000 },
    { recent: 300, matching: 5, names: 4 },
    { recent: 0, matching: 0, names: 3 },
    { recent: 0, matching: 1_000_000, names: 5 },
  ])('are found page by page with every filter, whichever way they are found: %o', async (reach) => {
    for (const filters of allFilters)
      for (const [tenant, upTo] of [['quiet'], ['busy'], ['busy', positions], ['nobody']] as const) {
        const expected = rows.filter((row) => matches(row, tenant, filters, upTo)).map(({ id }) => id);
        expect(await pagesOf(tenant, filters, upTo, reach), JSON.stringify({ tenant, filters, upTo })).toEqual(expected);
      }
  });
});

describe('what came since from others', () => {
  const most = async (tenant: string, filters: EventFilters): Promise<{ read: number; found: number }> => {
    const { text, values } = selectNewestIds({ tenant, filters, below: undefined, positions: undefined, limit: 50 });
    const { rows } = await pool.query<{ 'QUERY PLAN': string[] }>(`explain (analyze, buffers) ${text}`, [...values]);
    const lines = rows.map((row) => String(row['QUERY PLAN']));
    const buffers = lines.find((line) => line.includes('Buffers:')) ?? '';
    const pages = [...buffers.matchAll(/(?:hit|read)=(\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0);
    return { read: pages, found: Number(/rows=(\d+)\.?\d* loops/.exec(lines[0]!)?.[1]) };
  };

  it('is not read for a tenant that fell silent, nor for times that are over', async () => {
    await pool.query('truncate events');
    await pool.query(insertEvents(60_000, `case when n < 2000 then 'quiet' else 'busy' end`));
    await pool.query('analyze events');
    const { rows } = await pool.query<{ pages: number }>(`select relpages as pages from pg_class where relname = 'events'`);
    const cases: readonly (readonly [string, EventFilters])[] = [
      ['quiet', {}],
      ['quiet', { system_name: 'system 1' }],
      ['quiet', { event_name: 'name 3' }],
      ['quiet', { object_id: 'object 2' }],
      ['quiet', { to: '2026-01-02T00:00:00Z' }],
      ['busy', { from: '2026-01-03T00:00:00Z', to: '2026-01-03T03:00:00Z' }],
      ['busy', { from: '2026-01-03T00:00:00Z', to: '2026-01-03T09:00:00Z', event_name: 'name 3' }],
      ['busy', { from: '2026-01-03T00:00:00Z', to: '2026-01-03T09:00:00Z', object_id: 'object 2', system_name: 'system 1' }],
      ['busy', { from: '2026-01-03T00:00:00Z', to: '2026-01-03T09:00:00Z', object_id: 'object 2' }],
    ];
    for (const [tenant, filters] of cases) {
      const { read, found } = await most(tenant, filters);
      expect(found, JSON.stringify(filters)).toBe(50);
      expect(read, JSON.stringify(filters)).toBeLessThan(rows[0]!.pages / 4);
    }
  });
});
