// What one tenant may have registered: every process holds it.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { mostSchemaBytes } from '../contract/schemas.ts';
import { type QueryUnderTest, startQueryUnderTest } from './testing.ts';

let query: QueryUnderTest;

beforeAll(async () => {
  query = await startQueryUnderTest();
});

afterAll(() => query[Symbol.asyncDispose]());

const registration = (version: number) => ({
  system_name: 'shop',
  event_name: 'placed',
  version,
  owner: 'orders',
  compatibility: 'none',
  schema: { type: 'object', description: 'x'.repeat(5000) },
  requested_by: 'ann',
  why: 'a test',
});

const insertKept = `
  insert into event_schemas (tenant, system_name, event_name, version, schema, owner, compatibility, examples, registered_by)
  values ($1, 'shop', 'kept', 1, '{"description":"' || repeat('x', $2) || '"}', 'orders', 'none', '[]', 'ann')`;

it('takes as many bytes as a tenant may have, of any version, and no more; what is there stays, and others have their own', async () => {
  expect(await query.post('/schemas', registration(1))).toMatchObject({ status: 200, body: { known: false } });
  await query.pool.query(insertKept, ['another', mostSchemaBytes]);
  expect((await query.post('/schemas', { ...registration(2), dry_run: true })).status).toBe(200);
  await query.pool.query(insertKept, ['default', mostSchemaBytes - 10_000]);
  const refused = await query.post('/schemas', registration(2));
  expect([refused.status, refused.body.error.code]).toEqual([409, 'registry_full']);
  expect(refused.body.error.message).toContain(`a tenant may have ${mostSchemaBytes}`);
  expect(await query.post('/schemas', registration(1))).toMatchObject({ status: 200, body: { known: true } });
  expect((await query.post('/schemas', { ...registration(2), schema: { type: 'object' } })).status).toBe(200);
});

it('takes as many versions as a tenant may have, and no more', async () => {
  await query.pool.query(`
    insert into event_schemas (tenant, system_name, event_name, version, schema, owner, compatibility, examples, registered_by)
    select 'default', 'shop', 'many', n, '{}', 'orders', 'none', '[]', 'ann' from generate_series(1, 2000) n`);
  const { status, body } = await query.post('/schemas', { ...registration(3), schema: { type: 'object' } });
  expect([status, body.error.code]).toEqual([409, 'registry_full']);
});
