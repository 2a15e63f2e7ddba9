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
  values (1, 'replay', 'gone', 'ann', 'a test', now(), 'w', 'timelines', 1, 0, 1, 1, 'default', 'shop', 'order-1', 1);
  insert into event_schemas (tenant, system_name, event_name, version, schema, owner, compatibility, examples, registered_by)
  values ('default', 'shop', 'paid', 1, '{"type":"object"}', 'ann', 'full', '[]', 'ann');
  insert into schema_policies (tenant, system_name, event_name, invalid, set_by) values ('default', 'shop', 'paid', 'park', 'ann');
  insert into schema_audit (action, requested_by, why, tenant, system_name, event_name, version, detail) values ('register', 'ann', 'a test', 'default', 'shop', 'paid', 1, '{}');
  insert into rebuild_comparisons (processor, version, against, requested_by, why) values ('timelines', 2, 1, 'ann', 'a test');
  insert into erasures (tenant, system_name, object_id, is_dry_run, requested_by, why, request_id, cut)
  values ('default', 'shop', 'order-1', true, 'ann', 'a test', '01234567-89ab-4cde-8f01-000000000001', '{}')`;

const processors = `
  insert into processors (processor, version, ordered, state, stream_version)
  select 'timelines', 1, true, 'active', max(version) from streams on conflict do nothing`;

beforeAll(async () => {
  query = await startQueryUnderTest({ keys: await keysOf(all, other, ...Object.values(ofScope)) });
  await query.insertEvent({ id: 1 });
  await query.pool.query(processors);
  await query.pool.query(parked);
  await createImportDesk(query.pool).open({ ...file, name: 'history' } as OpenImportRequest, { tenant: 'default', keyId: null });
  await ask('PUT /consumers/:consumer', all.text);
});

afterAll(() => query[Symbol.asyncDispose]());

const job = { action: 'replay', selection: { all: true }, requested_by: 'ann', why: 'a test' };
const by = { requested_by: 'ann', why: 'a test' };
const schema = { system_name: 'shop', event_name: 'paid', version: 1 };
const places: Readonly<Record<string, string>> = {
  id: '1',
  system_name: 'shop',
  object_id: 'order-1',
  event_name: 'paid',
  processor: 'timelines',
  version: '1',
  lane: '0',
  position: '1',
  job: '1',
  name: 'history',
  consumer: 'billing',
  instance: 'one',
  read_model: 'timelines',
  comparison: '1',
  erasure: '1',
};

const file = { format: 'ndjson', first_line: 1, lines: 2, bytes: 100, sha256: 'ab'.repeat(32), requested_by: 'ann', why: 'a test' };

/** What a route needs beside its path; a text is sent as lines. */
const bodies: Readonly<Record<string, object | string>> = {
  'POST /imports': { ...file, name: 'history' },
  'POST /imports/:name/lines': '\n',
  'POST /imports/:name/steer': { action: 'pause', requested_by: 'ann', why: 'a test' },
  'POST /recovery/jobs': job,
  'POST /schemas': { ...schema, version: 2, owner: 'x', compatibility: 'none', schema: { type: 'object' }, dry_run: true, ...by },
  'POST /schemas/retire': { ...schema, ...by },
  'POST /schema-policies': { system_name: 'shop', invalid: 'park', ...by },
  'POST /rebuilds': { read_model: 'timelines', action: 'start', requested_by: 'ann', why: 'a test' },
  // Of an object of its own, which nobody has heard of.
  'POST /erasures': { system_name: 'nobody', object_id: 'none', dry_run: true, requested_by: 'joe', why: 'a test' },
  'PUT /consumers/:consumer': { start: 'earliest' },
  'PUT /consumers/:consumer/instances/:instance': {},
  'POST /consumers/:consumer/checkpoints': { checkpoints: [{ lane: 0, epoch: 1, from: 0, to: 0 }] },
};
const queries: Readonly<Record<string, string>> = {
  'POST /imports/:name/lines': '?from=1',
  'GET /consumers/:consumer/events': '?lane=0&wait_ms=0',
  // A stream would not end: it is known to be let in where what it asks for is looked at.
  'GET /consumers/:consumer/stream': '?lanes=none',
};
/** Where it is not 200. */
const servedAs: Readonly<Record<string, readonly [number, string?]>> = {
  'POST /recovery/jobs': [202],
  // No worker lives here that could build it.
  'POST /rebuilds': [409, 'operation_refused'],
  'POST /erasures': [202],
  'GET /consumers/:consumer/stream': [400, 'invalid_query'],
  'DELETE /consumers/:consumer/instances/:instance': [204],
  'DELETE /consumers/:consumer': [204],
};

const ask = async (route: string, key: string | null) => {
  const [method, path] = route.split(' ') as ['GET' | 'PUT' | 'POST' | 'DELETE', string];
  const body = bodies[route];
  const type = typeof body === 'string' ? 'application/x-ndjson' : 'application/json';
  const response = await query.app.inject({
    method,
    url: path.replaceAll(/:(\w+)/g, (_, name: string) => places[name]!) + (queries[route] ?? ''),
    headers: { ...(key !== null && { authorization: `Bearer ${key}` }), ...(body !== undefined && { 'content-type': type }) },
    ...(body !== undefined && { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: response.statusCode, headers: response.headers, text: response.body };
};

const codeOf = (text: string) => (text === '' ? undefined : (JSON.parse(text) as { error?: { code: string } }).error?.code);
const routes = Object.entries(routeNeeds.query);
const closed = routes.filter(([, need]) => need !== 'open');
/** A job and a consumer have to be there before they are looked for, and are taken away last. */
const turns = ['PUT', 'POST', 'GET', 'DELETE'];
const turnOf = (route: string) => turns.indexOf(route.split(' ')[0]!) + (route === 'DELETE /consumers/:consumer' ? 1 : 0);
const inOrder = closed.toSorted(([a], [b]) => turnOf(a) - turnOf(b));

describe('the query door', () => {
  it.each(inOrder)('lets the scope of %s (%s) in, and no other', async (route, need) => {
    for (const scope of scopes) {
      const { status, text, headers } = await ask(route, ofScope[scope]!.text);
      const [expected, code] = servedAs[route] ?? [200];
      const served = [expected, code, undefined];
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

  it('takes what another tenant asks to be erased as its own', async () => {
    const { status, text } = await ask('POST /erasures', other.text);
    expect([status, Object.keys(JSON.parse(text) as object)]).toEqual([202, ['erasure', 'known']]);
  });

  // Whoever opens an import opens one of its own.
  const isListing = ([route]: readonly [string, unknown]) =>
    !route.includes('/consumers') && route !== 'POST /erasures' && route !== 'POST /imports';

  it.each(closed.filter(isListing))('shows nothing of another tenant by %s', async (route) => {
    const { status, text } = await ask(route, other.text);
    const isOfOne =
      /:(id|object_id|position|job|event_name|read_model|comparison|erasure|name)/.test(route) ||
      (route.startsWith('POST') && !['POST /schemas', 'POST /schema-policies'].includes(route));
    expect([status, codeOf(text)]).toEqual(isOfOne ? [404, 'not_found'] : [200, undefined]);
    // Of a place that it named itself it is told that there is nothing.
    expect(isOfOne ? '' : text).not.toMatch(/order-1|shop|ann/);
  });

  const ofOneConsumer = closed.filter(
    ([route]) => route.includes('/consumers/:') && route !== 'PUT /consumers/:consumer' && !route.endsWith('/stream'),
  );

  it.each(ofOneConsumer)('has another tenant’s consumer for none by %s', async (route) => {
    await ask('PUT /consumers/:consumer', all.text);
    await ask('DELETE /consumers/:consumer', other.text);
    const { status, text } = await ask(route, other.text);
    expect([status, codeOf(text)]).toEqual([404, 'not_found']);
    expect((await ask('GET /consumers', other.text)).text).toBe('{"consumers":[]}');
    expect((await ask('GET /consumers', all.text)).text).toContain('"billing"');
  });

  it('has a consumer of one name in each tenant', async () => {
    await ask('PUT /consumers/:consumer', all.text);
    expect((await ask('PUT /consumers/:consumer', other.text)).text).toContain('"created":true');
    expect((await ask('DELETE /consumers/:consumer', other.text)).status).toBe(204);
    expect((await ask('GET /consumers/:consumer', all.text)).status).toBe(200);
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
    expect([taken.statusCode, codeOf(taken.body)]).toEqual([409, 'request_id_conflict']);
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

  it.each([...new Set(routes.map(([route]) => route.split(' ')[1]!))])('says by which methods %s is asked', async (path) => {
    const methods = routes.flatMap(([route]) => (route.split(' ')[1] === path ? [route.split(' ')[0]!] : []));
    const url = path.replaceAll(/:(\w+)/g, (_, name: string) => places[name]!);
    const response = await query.app.inject({ method: 'PATCH', url });
    expect([response.statusCode, codeOf(response.body)]).toEqual([405, 'method_not_allowed']);
    expect(String(response.headers.allow).split(', ')).toEqual(expect.arrayContaining(methods));
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
