// Keys on a real database, by the command line, at the doors of real processes.
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { createTestDatabase } from '../../storage/postgres/testing.ts';
import { createTestPool } from '../../storage/postgres/testing-pool.ts';
import { startIngest } from '../testing.ts';

const program = fileURLToPath(new URL('../ops.ts', import.meta.url));

const start = async (environment: Record<string, string> = {}) => {
  await using undo = new AsyncDisposableStack();
  const database = undo.use(await createTestDatabase());
  const door = undo.use(startIngest(database.url, { FAULTLINE_KEY_LIFE_SECONDS: '1', ...environment }));
  const { address } = await door.ready();
  const pool = undo.adopt(createTestPool(database.url), (opened) => opened.end());
  const ops = (...parameters: readonly string[]) =>
    execa(process.execPath, [program, ...parameters, ...(/list|audit/.test(parameters[1]!) ? [] : ['--by', 'ann', '--why', 'a test'])], {
      reject: false,
      env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'], DATABASE_URL: database.url },
      extendEnv: false,
    });
  const send = async (key: string | null) => {
    const event = { system_name: 's', object_id: 'o', event_name: 'n', event_time: '2026-01-01T00:00:00Z', metadata: {} };
    const headers = { 'content-type': 'application/json', ...(key !== null && { authorization: `Bearer ${key}` }) };
    return (await fetch(`${address}/events`, { method: 'POST', headers, body: JSON.stringify(event) })).status;
  };
  const owned = undo.move();
  return { pool, door, ops, send, [Symbol.asyncDispose]: () => owned.disposeAsync() };
};

const create = ['keys', 'create', '--name', 'a producer', '--scopes'] as const;
const patient = { timeout: 10_000, interval: 50 };

test('the first key closes the door to all without one; a revoked key is refused within seconds', async () => {
  await using keys = await start();
  expect(await keys.send(null)).toBe(200);
  const made = await keys.ops(...create, 'ingest', '--tenant', 'shop', '--new-tenant');
  expect([made.exitCode, made.stdout]).toEqual([0, expect.stringMatching(/^fl_\w{10}_[\w-]{43}$/)]);
  // It is of its tenant from its first event on; those without a key come in until the door has heard of it.
  expect(await keys.send(made.stdout)).toBe(200);
  await expect.poll(() => keys.send(null), patient).toBe(401);
  const { rows } = await keys.pool.query(`select count(*)::int as events from log where tenant = 'shop'`);
  expect(rows).toEqual([{ events: 1 }]);

  const id = made.stdout.slice(3, 13);
  expect((await keys.ops('keys', 'revoke', id)).exitCode).toBe(0);
  await expect.poll(() => keys.send(made.stdout), patient).toBe(401);
  expect(await keys.send(null)).toBe(401);
  expect((await keys.ops('keys', 'revoke', id)).stdout).toContain('revoked');
  const audit = await keys.pool.query('select action, tenant, key_id, by_whom, why from access_audit order by entry');
  expect(audit.rows).toEqual(
    [
      ['tenant_created', null],
      ['key_created', id],
      ['key_revoked', id],
    ].map(([action, key_id]) => ({ action, tenant: 'shop', key_id, by_whom: 'ann', why: 'a test' })),
  );
});

test('a rotation lets both keys work until its overlap is over', async () => {
  await using keys = await start({ FAULTLINE_API_KEYS: 'required' });
  expect(await keys.send(null)).toBe(401);
  const old = (await keys.ops(...create, 'ingest,read', '--expires-in', '30d')).stdout;
  const { stdout: made, stderr } = await keys.ops('keys', 'rotate', old.slice(3, 13), '--overlap', '3s');
  expect(stderr).toContain(`replaces  ${old.slice(3, 13)}`);
  expect([await keys.send(old), await keys.send(made)]).toEqual([200, 200]);
  await expect.poll(() => keys.send(old), patient).toBe(401);
  expect(await keys.send(made)).toBe(200);
  const { rows } = await keys.pool.query(
    `select scopes, name, round(extract(epoch from expires_at - created_at) / 86400)::int as days from api_keys where key_id = $1`,
    [made.slice(3, 13)],
  );
  expect(rows).toEqual([{ scopes: ['ingest', 'read'], name: 'a producer', days: 30 }]);
  expect((await keys.ops('keys', 'rotate', old.slice(3, 13))).stderr).toContain('no active key');
});

test('no key is kept, listed or logged: of its text nothing is in the database, in a listing, or in a line of the door', async () => {
  await using keys = await start({ FAULTLINE_TRACES_PER_SECOND: '1000' });
  const key = (await keys.ops(...create, 'ingest')).stdout;
  expect(await keys.send(key)).toBe(200);
  await expect.poll(() => keys.send(`${key}x`), patient).toBe(401);
  const secret = key.slice(-43);
  const { rows } = await keys.pool.query(
    'select to_jsonb(k)::text as text from api_keys k union all select to_jsonb(a)::text from access_audit a',
  );
  const listed = await listAll(keys.ops);
  for (const text of [JSON.stringify(rows), listed, JSON.stringify(keys.door.lines)]) expect(text).not.toContain(secret);
  expect(listed).toContain(key.slice(3, 13));
});

const listAll = async (ops: (...parameters: readonly string[]) => Promise<{ readonly stdout: string; readonly stderr: string }>) => {
  const ran = [await ops('keys', 'list', '--all', '--json'), await ops('keys', 'audit'), await ops('tenants', 'list')];
  return ran.map(({ stdout, stderr }) => stdout + stderr).join('\n');
};

test('what is wrong is said, with what there is', async () => {
  await using keys = await start();
  expect((await keys.ops(...create, 'ingest', '--tenant', 'shpo')).stderr).toContain(
    "no tenant 'shpo'; there is default. To make it with this key: --new-tenant",
  );
  expect((await keys.ops(...create, 'admin')).stderr).toContain('Give some of ingest, read, operate');
  expect((await keys.ops('keys', 'revoke', 'nothing')).stderr).toContain("no key 'nothing'");
  expect((await keys.ops('tenants', 'quota', 'default')).stderr).toContain('--events-per-second');
});
