import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCountsIndex } from '../../storage/postgres/counts-index.ts';
import { createSession } from '../../storage/postgres/session.ts';
import { createSessionPool } from '../../storage/postgres/session-pool.ts';
import { type QueryUnderTest, startQueryUnderTest } from '../testing.ts';
import { selectCounts } from './counts.ts';

let query: QueryUnderTest;

/** 12,000 rows: 4 lanes, 5 systems with 6 names each, 100 minutes. */
const fill = `
  insert into minute_counts (version, lane, tenant, system_name, event_name, minute, count)
  select 1, lane, 'default', 'system-' || s, 'event-' || e, '2026-01-01T00:00:00Z'::timestamptz + m * interval '1 minute', 1 + lane + m % 7
  from generate_series(0, 3) as lane, generate_series(1, 5) as s, generate_series(1, 6) as e, generate_series(0, 99) as m`;

beforeAll(async () => {
  query = await startQueryUnderTest();
  await query.pool.query(fill);
  await query.pool.query('analyze minute_counts');
});

afterAll(() => query[Symbol.asyncDispose]());

const makeIndex = async () => {
  await using session = createSession({ databaseUrl: query.databaseUrl, name: 'faultline-test', leaseMs: 60_000 });
  await createCountsIndex(createSessionPool([session]), session)(new AbortController().signal);
};

const walk = async (): Promise<readonly unknown[]> => {
  const seen: unknown[] = [];
  let cursor: string | null = null;
  do {
    const { status, body } = await query.get(`/counts?limit=700${cursor === null ? '' : `&cursor=${cursor}`}`);
    expect(status).toBe(200);
    seen.push(...body.counts);
    cursor = body.next_cursor;
  } while (cursor !== null);
  return seen;
};

test('a page is read by the index, without a sort of all there is, and says what it says without', async () => {
  const without = await walk();
  expect(without).toHaveLength(3000);
  await makeIndex();
  expect(await walk()).toEqual(without);
  const after = ['2026-01-01T00:50:00.000000Z', 'system-3', 'event-4'] as [string, string, string];
  const hour = { from: '2026-01-01T00:30:00Z', to: '2026-01-01T00:40:00Z' };
  const asked = [
    selectCounts('default', {}, null, 101),
    selectCounts('default', {}, after, 101),
    selectCounts('default', hour, null, 101),
    selectCounts('default', { system_name: 'system-3' }, null, 101),
  ];
  for (const { text, values } of asked) {
    const { rows } = await query.readPool.query<Record<string, string>>(`explain ${text}`, [...values]);
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toContain('Index Scan using minute_counts_minute');
    expect(plan).not.toMatch(/^\s*(?:->\s*)?Sort /m);
  }
});
