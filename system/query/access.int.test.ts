// Each route of the query door, with each scope, without a key, and with the key of another tenant.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keysOf, makeTestKey } from '../access/testing.ts';
import { routeNeeds, scopes } from '../contract/access.ts';
import type { OpenImportRequest } from '../recovery/import/import-request.ts';
import { createImportDesk } from '../storage/postgres/import-desk.ts';
import { type QueryUnderTest, startQueryUnderTest } from './testing.ts';

const ofScope = Object.fromEntries(scopes.map((scope) => [scope, makeTestKey('default', [scope])]));
const all = makeTestKey('default', scopes);
const other = makeTestKey('other', scopes);
let query: QueryUnderTest;

const parked = `
  insert into parked_keys (processor, version, lane, tenant, system_name, object_id, state) values ('timelines', 1, 0, 'default', 'shop', 'order-1', 'parked');
  insert into parked_events (processor, version, lane, position, id, tenant, system_name, object_id, event_name, event_time, event_time_source, received_at, body, reason_code)
  values ('timelines', 1, 0, 1, 1, 'default', 'shop', 'order-1', 'paid', now(), 'client', now(), '{}', 'handler_threw');
  insert into timelines (version, tenant, system_name, object_id, lane, entries) values (1, 'default', 'shop', 'order-1', 0, 0);
  insert into minute_counts (version, lane, tenant, system_name, event_name, minute, count) values (1, 0, 'default', 'shop', 'paid', now(), 1);
  insert into recovery_audit (job, action, outcome, requested_by, why, requested_at, done_by, processor, version, lane, position, event_id, tenant, system_name, object_id, events)
  values (1, 'replay', 'gone', 'ann', 'a test', now(), 'w', 'timelines', 1, 0, 1, 1, 'default', 'shop', 'order-1', 1)`;

const processors = `
  insert into processors (processor, version, ordered, state, stream_version)
  select 'timelines', 1, true, 'active', max(version) from streams on conflict do nothing`;

beforeAll(async () => {
  query = await startQueryUnderTest({ keys: await keysOf(all, other, ...Object.values(ofScope)) });
  await query.insertEvent({ id: 1 });
  await query.pool.query(processors);
  await query.pool.query(parked);
  await createImportDesk(query.pool).open({ ...file, name: 'history' } as OpenImportRequest, { tenant: 'default', keyId: null });
});

afterAll(() => query[Symbol.asyncDispose]());

const job = { action: 'replay', selection: { all: true }, requested_by: 'ann', why: 'a test' };
const places: Readonly<Record<string, string>> = {
  id: '1',
  system_name: 'shop',
  object_id: 'order-1',
  processor: 'timelines',
  version: '1',
  lane: '0',
  position: '1',
  job: '1',
  name: 'history',
};

/** What is sent where it is not the job, and what it is answered with. */
const file = { format: 'ndjson', first_line: 1, lines: 2, bytes: 100, sha256: 'ab'.repeat(32), requested_by: 'ann', why: 'a test' };
const posts: Readonly<
  Record<string, { readonly payload: unknown; readonly query?: string; readonly type?: string; readonly status: number }>
> = {
  'POST /recovery/jobs': { payload: job, status: 202 },
  'POST /imports': { payload: { ...file, name: 'history' }, status: 200 },
  'POST /imports/:name/lines': { payload: '\n', query: '?from=1', type: 'application/x-ndjson', status: 200 },
  'POST /imports/:name/steer': { payload: { action: 'pause', requested_by: 'ann', why: 'a test' }, status: 200 },
};

const ask = async (route: string, key: string | null) => {
  const [method, path] = route.split(' ') as ['GET' | 'POST', string];
  const { payload, query: parameters = '', type = 'application/json' } = posts[route] ?? {};
  const response = await query.app.inject({
    method,
    url: path.replaceAll(/:(\w+)/g, (_, name: string) => places[name]!) + parameters,
    headers: { ...(key !== null && { authorization: `Bearer ${key}` }), ...(method === 'POST' && { 'content-type': type }) },
    ...(payload !== undefined && { payload: typeof payload === 'string' ? payload : JSON.stringify(payload) }),
  });
  return { status: response.statusCode, headers: response.headers, text: response.body };
};

const codeOf = (text: string) => (JSON.parse(text) as { error?: { code: string } }).error?.code;
const routes = Object.entries(routeNeeds.query);
const closed = routes.filter(([, need]) => need !== 'open');
/** The job has to be there before it is looked for. */
const inOrder = closed.toSorted(([a], [b]) => Number(b.startsWith('POST')) - Number(a.startsWith('POST')));

describe('the query door', () => {
  it.each(inOrder)('lets the scope of %s (%s) in, and no other', async (route, need) => {
    for (const scope of scopes) {
      const { status, text, headers } = await ask(route, ofScope[scope]!.text);
      const served = [posts[route]?.status ?? 200, undefined, undefined];
      const refused = [403, 'forbidden', `Bearer realm="faultline", error="insufficient_scope", scope="${need}"`];
      expect([status, codeOf(text), headers['www-authenticate']]).toEqual(scope === need ? served : refused);
    }
  });

  it.each(closed)('refuses %s without a key, and with what is none', async (route) => {
    for (const key of [null, 'nonsense', other.text.slice(0, -1), `${other.text}, ${all.text}`]) {
      const { status, text, headers } = await ask(route, key);
      expect([status, codeOf(text), headers['www-authenticate']]).toEqual([401, 'unauthenticated', 'Bearer realm="faultline"']);
    }
  });

  // Whoever opens an import opens one of its own.
  it.each(closed.filter(([route]) => route !== 'POST /imports'))('shows nothing of another tenant by %s', async (route) => {
    const { status, text } = await ask(route, other.text);
    const isOfOne = /:(id|object_id|position|job|name)/.test(route) || route.startsWith('POST');
    expect([status, codeOf(text)]).toEqual(isOfOne ? [404, 'not_found'] : [200, undefined]);
    // Of a place that it named itself it is told that there is nothing.
    expect(isOfOne ? '' : text).not.toMatch(/order-1|shop|ann/);
  });

  it('counts dead letters and parked keys of the tenant alone', async () => {
    const of = async (key: string) => {
      const { dead_letters, parked_keys } = JSON.parse((await ask('GET /status', key)).text) as Record<string, number>;
      return [dead_letters, parked_keys];
    };
    expect([await of(all.text), await of(other.text)]).toEqual([
      [1, 1],
      [0, 0],
    ]);
  });

  it('answers another tenant’s request id as if it were not there, and keeps its job', async () => {
    const request_id = '01234567-89ab-4cde-8f01-23456789abcd';
    const send = (key: string) =>
      query.app.inject({
        method: 'POST',
        url: '/recovery/jobs',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        payload: { ...job, action: 'discard', request_id },
      });
    expect((await send(all.text)).statusCode).toBe(202);
    const taken = await send(other.text);
    expect([taken.statusCode, codeOf(taken.body)]).toEqual([400, 'invalid_recovery']);
    const { rows } = await query.pool.query('select tenant, key_id from recovery_jobs where request_id = $1', [request_id]);
    expect(rows).toEqual([{ tenant: 'default', key_id: all.kept.keyId }]);
  });

  it('opens an import of the same name for another tenant as one of its own', async () => {
    expect((await ask('POST /imports', other.text)).status).toBe(201);
    const { rows } = await query.pool.query('select tenant, key_id, next_line::integer from imports order by import');
    expect(rows).toMatchObject([
      { tenant: 'default', next_line: 2 },
      { tenant: 'other', key_id: other.kept.keyId, next_line: 1 },
    ]);
  });

  it.each(routes.filter(([, need]) => need === 'open'))('answers %s to anybody', async (route) => {
    expect((await ask(route, null)).status).toBe(200);
  });

  it('takes a key from nowhere but the Authorization header', async () => {
    const url = `/events?api_key=${all.text}&authorization=Bearer%20${all.text}`;
    const response = await query.app.inject({ url, headers: { 'x-api-key': all.text, cookie: `key=${all.text}` } });
    expect([response.statusCode, codeOf(response.body)]).toEqual([401, 'unauthenticated']);
    expect(response.body).not.toContain(all.text.slice(-43));
  });

  it('says in OpenAPI which scope each operation asks for', () => {
    type Operation = { readonly security: readonly Readonly<Record<string, readonly string[]>>[]; readonly responses: object };
    return query.app.inject({ url: '/openapi.json' }).then((response) => {
      const { paths } = response.json<{ paths: Record<string, Record<string, Operation>> }>();
      const said = Object.entries(paths).flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, { security }]) => [
          `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
          security[0]?.['apiKey']?.[0] ?? 'open',
        ]),
      );
      expect(Object.fromEntries(said)).toEqual(routeNeeds.query);
    });
  });
});
