import { Compile } from 'typebox/compile';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routes } from './routes.ts';
import { type QueryUnderTest, startQueryUnderTest } from './testing.ts';

let query: QueryUnderTest;

beforeAll(async () => {
  query = await startQueryUnderTest();
  const { pool } = query;
  const body = String.raw`{"event_name":"paid" , "metadata" : { "b":1.10, "a":12345678901234567890, "a":2, "t":"\u00e9}" } ,"object_id":"o"}`;
  await query.insertEvent({ id: 100, event_time: '2026-01-01T00:00:00.123456Z', body });
  await query.insertEvent({ id: 101, object_id: 'order/2 ü', event_name: 'shipped', event_time: '2026-01-01T00:01:00Z' });
  await query.insertEvent({ id: 102, system_name: 'crm', event_name: 'paid', event_time: '2026-01-01T00:02:00Z' });
  await query.insertEvent({ id: 103, system_name: 'crm', object_id: 'customer', event_name: 'joined', event_time: '2026-01-01T00:03:00Z' });
  await pool.query(`
    insert into timelines (version, tenant, system_name, object_id, lane, entries) values (1, 'default', 'shop', 'order/2 ü', 2, 5);
    insert into timeline_entries (version, tenant, system_name, object_id, entry, event_id, event_name, sequence, event_time, lane, position, summary)
    select 1, 'default', 'shop', 'order/2 ü', n, 100 + n, 'paid', n, '2026-01-01T00:00:00Z', 2, n, 'entry ' || n from generate_series(1, 5) n;
    insert into minute_counts (version, lane, tenant, system_name, event_name, minute, count) values
      (1, 0, 'default', 'shop', 'paid', '2026-01-01T00:00:00Z', 3), (1, 1, 'default', 'shop', 'paid', '2026-01-01T00:00:00Z', 4),
      (1, 1, 'default', 'shop', 'shipped', '2026-01-01T00:00:00Z', 1), (1, 1, 'default', 'crm', 'paid', '2026-01-01T00:01:00Z', 9),
      (7, 1, 'default', 'shop', 'paid', '2026-01-01T00:00:00Z', 1000);
    insert into parked_keys (processor, version, lane, tenant, system_name, object_id, state, next_attempt_at) values
      ('timelines', 1, 2, 'default', 'shop', 'bad', 'parked', null), ('timelines', 1, 3, 'default', 'shop', 'trying', 'retrying', now());
    insert into parked_events (processor, version, lane, position, id, tenant, system_name, object_id, event_name, event_time, event_time_source,
      received_at, body, attempts, reason_code, reason_message, error_type, first_failed_at, last_failed_at) values
      ('timelines', 1, 2, 5, 201, 'default', 'shop', 'bad', 'paid', now(), 'client', now(), '{"metadata":{"n":1.0}}', 3, 'handler_threw', 'no', 'TypeError', now(), now()),
      ('timelines', 1, 2, 9, 202, 'default', 'shop', 'bad', 'paid', now(), 'client', now(), '{"metadata":[]}', 0, null, null, null, null, null),
      ('timelines', 1, 3, 7, 203, 'default', 'shop', 'trying', 'paid', now(), 'client', now(), '{"metadata":[]}', 1, 'handler_timeout', 'slow', null, now(), now());
    update lanes set head = 10, duplicates = 2, conflicts = 1 where lane = 2;
    update checkpoints set position = 9, applied = 5, ignored = 1, parked = 2 where processor = 'timelines' and lane = 2;
    insert into recovery_jobs (action, selection, fix, rate_per_second, requested_by, why, request_id)
      values ('fix', '{"all":true}', '[{"op":"remove","path":"/metadata/n"}]', 20, 'ann', 'a test', gen_random_uuid());
    insert into recovery_commands (job, action, processor, version, lane, position, event_id, tenant, system_name, object_id, due_at, done_at, outcome, events, result)
      values (1, 'fix', 'timelines', 1, 2, 5, 201, 'default', 'shop', 'bad', now(), now(), 'fixed', 1, '{"changed":1,"unchanged":0,"refused":0,"refusals":[]}');
    insert into recovery_audit (job, action, outcome, requested_by, why, requested_at, done_by, processor, version, lane, position, event_id, tenant,
      system_name, object_id, events, reason_code, attempts, body_sha256)
      values (1, 'fix', 'fixed', 'ann', 'a test', now(), 'worker-1-abc', 'timelines', 1, 2, 5, 201, 'default', 'shop', 'bad', 1, 'handler_threw', 3, '\\x00ff');
    insert into event_recoveries (processor, version, lane, position, tenant, system_name, object_id, replays, earlier_attempts, fixed_body, fixed_at, fixed_by)
      values ('timelines', 1, 2, 5, 'default', 'shop', 'bad', 1, 3, '{"metadata":{}}', now(), 'ann');
    insert into event_schemas (tenant, system_name, event_name, version, schema, owner, compatibility, upcast, downcast, examples, registered_by) values
      ('default', 'shop', 'paid', 1, '{"type":"object"}', 'ann', 'full', '"identity"', '{"rules":[{"op":"remove","path":"/metadata/a"}]}', '[{}]', 'ann');
    insert into schema_policies (tenant, system_name, event_name, invalid, unversioned, set_by) values ('default', 'shop', '', 'park', null, 'ann');
    insert into schema_audit (action, requested_by, why, tenant, system_name, event_name, version, detail) values
      ('policy', 'ann', 'a test', 'default', 'shop', '', null, '{"invalid":"park"}');
    insert into consumers (tenant, consumer, stream_version) values ('default', 'billing', 1);
    insert into consumer_lanes (tenant, consumer, lane, position) select 'default', 'billing', lane, 0 from lanes;
    insert into workers (worker, host, pid) values ('worker-1-abc', 'here', 1);
    update leases set owner = 'worker-1-abc', epoch = 3, expires_at = now() + interval '1 minute' where processor = 'timelines' and lane in (2, 3);
  `);
});

afterAll(() => query[Symbol.asyncDispose]());

const idsOf = ({ body }: { body: { events: { id: number }[] } }) => body.events.map(({ id }) => id);

describe('GET /events/{id}', () => {
  it('gives the event with its metadata as it came, to the last digit', async () => {
    const { status, text, body } = await query.get('/events/100');
    expect(status).toBe(200);
    expect(text).toContain(String.raw`"metadata":{ "b":1.10, "a":12345678901234567890, "a":2, "t":"\u00e9}" },"event_time"`);
    expect(body).toMatchObject({
      id: 100,
      tenant: 'default',
      system_name: 'shop',
      object_id: 'order-1',
      event_time: '2026-01-01T00:00:00.123456Z',
      idempotency_key: null,
      sequence: null,
      position: 100,
    });
  });

  it('knows no event that is not there', async () => {
    const { status, body } = await query.get('/events/999');
    expect([status, body.error.code]).toEqual([404, 'not_found']);
  });
});

it.each([
  ['/timelines/shop', 'There is no /timelines/shop here. There is /timelines/:system_name/:object_id.'],
  ['/event?limit=1', 'There is no /event here. There is /events/:id, /events.'],
  [
    '/timelines/shop/nobody?version=7',
    "Object 'nobody' of system 'shop' has no timeline in version 7; GET /rebuilds/timelines says which versions there are.",
  ],
  ['/', 'There is no / here. GET /docs says what there is.'],
  ['/events/batch', "id: is 'batch': must be a whole number."],
])('who asks for %s is told what is near', async (url, message) => {
  expect((await query.get(url)).body.error.message).toBe(message);
});

describe('GET /events', () => {
  it.each([
    ['', [103, 102, 101, 100]],
    ['?system_name=crm', [103, 102]],
    ['?system_name=crm&object_id=order-1', [102]],
    ['?object_id=order-1', [102, 100]],
    ['?object_id=order%2F2%20%C3%BC', [101]],
    ['?object_id=order-1&event_name=paid&to=2026-01-01T00:02:00Z', [100]],
    ['?event_name=paid', [102, 100]],
    ['?event_name=paid&system_name=shop', [100]],
    ['?from=2026-01-01T00:01:00Z&to=2026-01-01T00:03:00Z', [102, 101]],
    ['?from=2026-01-01T01:01:00%2B01:00&to=2026-01-01T00:02:00Z', [101]],
    ['?system_name=nobody', []],
    ['?object_id=nobody', []],
    ["?object_id=' or '1'='1", []],
  ])('filters by %s', async (parameters, ids) => {
    const answer = await query.get(`/events${encodeURI(decodeURI(parameters)).replaceAll('%25', '%')}`);
    expect(answer.status).toBe(200);
    expect(idsOf(answer)).toEqual(ids);
    expect(answer.body.next_cursor).toBeNull();
  });

  it('pages to the end, each event once', async () => {
    const first = await query.get('/events?limit=3');
    const second = await query.get(`/events?limit=3&cursor=${first.body.next_cursor}`);
    expect([idsOf(first), idsOf(second)]).toEqual([[103, 102, 101], [100]]);
    expect(second.body.next_cursor).toBeNull();
  });

  it('says there is no more where a page is exactly full', async () => {
    const { body } = await query.get('/events?limit=4');
    expect(body.next_cursor).toBeNull();
  });

  it('refuses a cursor of other filters, and takes it with another limit', async () => {
    const { body } = await query.get('/events?limit=1');
    const other = await query.get(`/events?system_name=crm&cursor=${body.next_cursor}`);
    expect([other.status, other.body.error.code, other.body.error.details[0].parameter]).toEqual([400, 'invalid_query', 'cursor']);
    expect(idsOf(await query.get(`/events?limit=2&cursor=${body.next_cursor}`))).toEqual([102, 101]);
  });

  it('refuses a parameter that it does not know, and names the near one', async () => {
    const { status, body } = await query.get('/events?objectid=order-1');
    expect(status).toBe(400);
    expect(body.error.details).toEqual([{ parameter: 'objectid', message: expect.stringContaining('Did you mean object_id?') }]);
  });
});

describe('paging while rows come in', () => {
  it('shows each event that was there once, and none twice', async () => {
    await using own = await startQueryUnderTest();
    const there = Array.from({ length: 25 }, (_, index) => 1000 + index * 100);
    for (const id of there) await own.insertEvent({ id });
    const seen: number[] = [];
    let cursor: string | null = null;
    do {
      const answer = await own.get(`/events?object_id=order-1&limit=4${cursor === null ? '' : `&cursor=${cursor}`}`);
      seen.push(...idsOf(answer));
      cursor = answer.body.next_cursor;
      // One newer than all, and one between two that were seen: as two ingest processes with blocks of ids give them.
      await own.insertEvent({ id: 9000 + seen.length });
      await own.insertEvent({ id: (seen[0] ?? 0) - seen.length });
    } while (cursor !== null);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.filter((id) => there.includes(id))).toEqual(there.toReversed());
    expect(seen).toEqual(seen.toSorted((a, b) => b - a));
  });

  it('cuts a page by its bytes too, and goes on behind it', async () => {
    await using own = await startQueryUnderTest();
    const body = `{"metadata":{"text":"${'x'.repeat(3 * 1024 * 1024)}"}}`;
    for (const id of [1, 2, 3, 4]) await own.insertEvent({ id, body });
    const first = await own.get('/events');
    expect(idsOf(first)).toEqual([4, 3, 2]);
    const second = await own.get(`/events?cursor=${first.body.next_cursor}`);
    expect(idsOf(second)).toEqual([1]);
    expect(second.body.next_cursor).toBeNull();
  });

  it('gives an event that is larger than a page alone', async () => {
    await using own = await startQueryUnderTest();
    const body = `{"metadata":{"text":"${'x'.repeat(9 * 1024 * 1024)}"}}`;
    for (const id of [1, 2]) await own.insertEvent({ id, body });
    const first = await own.get('/events');
    expect(idsOf(first)).toEqual([2]);
    expect(idsOf(await own.get(`/events?cursor=${first.body.next_cursor}`))).toEqual([1]);
  });
});

describe('GET /timelines', () => {
  it('gives the entries in the order of application, page by page, with the total', async () => {
    const url = '/timelines/shop/order%2F2%20%C3%BC';
    const first = await query.get(`${url}?limit=3`);
    expect(first.body).toMatchObject({ system_name: 'shop', object_id: 'order/2 ü', total: 5 });
    expect(first.body.entries[0]).toEqual({
      entry: 1,
      event_id: 101,
      event_name: 'paid',
      sequence: 1,
      event_time: '2026-01-01T00:00:00.000000Z',
      summary: 'entry 1',
      applied_at: expect.any(String),
    });
    const second = await query.get(`${url}?limit=3&cursor=${first.body.next_cursor}`);
    expect(second.body.entries.map(({ entry }: { entry: number }) => entry)).toEqual([4, 5]);
    expect(second.body).toMatchObject({ total: 5, next_cursor: null });
  });

  it('knows no timeline of an object without one', async () => {
    expect((await query.get('/timelines/shop/nobody')).status).toBe(404);
  });
});

describe('GET /counts', () => {
  it('sums the lanes of the active version', async () => {
    const { body } = await query.get('/counts?system_name=shop');
    expect(body.counts).toEqual([
      { system_name: 'shop', event_name: 'paid', minute: '2026-01-01T00:00:00.000000Z', count: 7 },
      { system_name: 'shop', event_name: 'shipped', minute: '2026-01-01T00:00:00.000000Z', count: 1 },
    ]);
  });

  it('pages through minutes, systems and names', async () => {
    const counts: unknown[] = [];
    let cursor = '';
    do {
      const { body } = await query.get(`/counts?limit=1${cursor}`);
      counts.push(...body.counts.map(({ system_name, event_name, count }: Record<string, unknown>) => [system_name, event_name, count]));
      cursor = body.next_cursor === null ? '' : `&cursor=${body.next_cursor}`;
    } while (cursor !== '');
    expect(counts).toEqual([
      ['shop', 'paid', 7],
      ['shop', 'shipped', 1],
      ['crm', 'paid', 9],
    ]);
  });

  it('is bounded by time and name', async () => {
    const { body } = await query.get('/counts?event_name=paid&from=2026-01-01T00:01:00Z');
    expect(body.counts).toHaveLength(1);
  });
});

describe('GET /dead-letters and /parked-keys', () => {
  it('give the event that failed for good, with its reason and its raw body', async () => {
    const { text, body } = await query.get('/dead-letters');
    expect(body.dead_letters).toHaveLength(1);
    expect(body.dead_letters[0]).toMatchObject({
      processor: 'timelines',
      lane: 2,
      position: 5,
      id: 201,
      reason: { code: 'handler_threw', message: 'no', error_type: 'TypeError' },
      attempts: 3,
    });
    expect(text).toContain('"body":{"metadata":{"n":1.0}}');
  });

  it('give none of a processor without', async () => {
    expect((await query.get('/dead-letters?processor=events')).body.dead_letters).toEqual([]);
  });

  it('give the keys that wait, with how many events and why, page by page', async () => {
    const first = await query.get('/parked-keys?limit=1');
    const second = await query.get(`/parked-keys?limit=1&cursor=${first.body.next_cursor}`);
    expect(first.body.parked_keys).toMatchObject([
      { object_id: 'bad', state: 'parked', events: 2, head_reason: { code: 'handler_threw', message: 'no', error_type: 'TypeError' } },
    ]);
    expect(second.body.parked_keys).toMatchObject([
      { object_id: 'trying', state: 'retrying', events: 1, head_reason: { code: 'handler_timeout' } },
    ]);
    expect(second.body.next_cursor).toBeNull();
  });
});

describe('what operators did', () => {
  it('is told of an event with its body as it came and as it was fixed', async () => {
    const { text, body } = await query.get('/dead-letters/timelines/1/2/5');
    expect(body).toMatchObject({
      state: 'dead_letter',
      replays: 1,
      attempts: 3,
      earlier_attempts: 3,
      is_fixed: true,
      fixed_by: 'ann',
      waiting_behind: 1,
    });
    expect(text).toContain('"body":{"metadata":{"n":1.0}}');
    expect(text).toContain('"fixed_body":{"metadata":{}}');
    expect((await query.get('/dead-letters/timelines/1/2/9')).body).toMatchObject({
      state: 'waiting',
      reason: { code: null },
      stage: null,
    });
  });

  it('is told of a job, and in the audit', async () => {
    expect((await query.get('/recovery/jobs/1')).body).toMatchObject({ action: 'fix', open: 0, outcomes: { fixed: 1 }, events: 1 });
    expect((await query.get('/recovery/audit?object_id=bad')).body.entries).toMatchObject([
      { outcome: 'fixed', why: 'a test', body_sha256: '00ff' },
    ]);
    expect((await query.get('/recovery/audit?job=2')).body.entries).toEqual([]);
    expect((await query.get('/recovery/jobs/99')).status).toBe(404);
  });
});

describe('GET /status', () => {
  it('shows each term of the books, and what they leave over', async () => {
    const { body } = await query.get('/status');
    expect(body.stream.appended).toBe(10);
    expect(body.stream.lanes[2]).toEqual({ lane: 2, head: 10, duplicates: 2, conflicts: 1 });
    const timelines = body.processors.find(({ processor }: { processor: string }) => processor === 'timelines');
    expect(timelines).toMatchObject({ version: 1, state: 'active', lag: 1, drop: 1 });
    expect(timelines.lanes[2]).toMatchObject({ position: 9, lag: 1, owner: 'worker-1-abc', applied: 5, ignored: 1, parked: 2, drop: 1 });
    expect(timelines.lanes[0]).toMatchObject({ position: 0, lag: 0, owner: null, lease_expires_at: null, drop: 0 });
    expect(body.workers).toMatchObject([{ worker: 'worker-1-abc', host: 'here', leases: 2 }]);
    expect(body).toMatchObject({ dead_letters: 1, parked_keys: 2 });
  });
});

describe('every answer', () => {
  it.each([
    ['/events/:id', '/events/100'],
    ['/events', '/events'],
    ['/timelines/:system_name/:object_id', '/timelines/shop/order%2F2%20%C3%BC'],
    ['/counts', '/counts'],
    ['/dead-letters', '/dead-letters'],
    ['/dead-letters/:processor/:version/:lane/:position', '/dead-letters/timelines/1/2/5'],
    ['/dead-letters/:processor/:version/:lane/:position', '/dead-letters/timelines/1/2/9'],
    ['/parked-keys', '/parked-keys'],
    ['/parked-keys/:processor/:version/:system_name/:object_id', '/parked-keys/timelines/1/shop/bad'],
    ['/recovery/jobs/:job', '/recovery/jobs/1'],
    ['/recovery/audit', '/recovery/audit'],
    ['/schemas', '/schemas'],
    ['/schemas/:system_name/:event_name/:version', '/schemas/shop/paid/1'],
    ['/schema-policies', '/schema-policies'],
    ['/schema-audit', '/schema-audit'],
    ['/consumer-audit', '/consumer-audit'],
    ['/consumers', '/consumers'],
    ['/consumers/:consumer', '/consumers/billing'],
    ['/status', '/status'],
  ])('of %s is what its schema says', async (url, request) => {
    const route = routes.find((candidate) => candidate.url === url);
    const { body, headers } = await query.get(request);
    expect(Compile(route!.answer).Errors(body)).toEqual([]);
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
  });

  it('is described by OpenAPI 3.1, each route and parameter of it', async () => {
    const { body } = await query.get('/openapi.json');
    expect(body.openapi).toBe('3.1.0');
    const paths = [
      '/events/{id}',
      '/events',
      '/timelines/{system_name}/{object_id}',
      '/counts',
      '/dead-letters',
      '/dead-letters/{processor}/{version}/{lane}/{position}',
      '/parked-keys',
      '/parked-keys/{processor}/{version}/{system_name}/{object_id}',
      '/recovery/jobs/{job}',
      '/recovery/audit',
      '/schemas',
      '/schemas/{system_name}/{event_name}/{version}',
      '/schema-policies',
      '/schema-audit',
      '/imports',
      '/imports/{name}',
      '/imports/{name}/refused',
      '/imports/{name}/lines',
      '/imports/{name}/steer',
      '/rebuilds/{read_model}',
      '/rebuilds/comparisons/{comparison}',
      '/erasures',
      '/erasures/{erasure}',
      '/consumer-audit',
      '/consumers',
      '/consumers/{consumer}',
      '/status',
      '/consumers/{consumer}/instances/{instance}',
      '/consumers/{consumer}/checkpoints',
      '/consumers/{consumer}/events',
      '/consumers/{consumer}/stream',
      '/schemas/retire',
      '/recovery/jobs',
      '/rebuilds',
      '/health',
      '/ready',
      '/openapi.json',
      '/docs',
    ];
    expect(Object.keys(body.paths).toSorted()).toEqual(paths.toSorted());
    const names = body.paths['/events'].get.parameters.map(({ name }: { name: string }) => name);
    expect(names).toEqual(['object_id', 'system_name', 'event_name', 'from', 'to', 'limit', 'cursor', 'format', 'formulas']);
  });

  it('is there as a page, too, which fetches and runs nothing', async () => {
    const { body, headers } = await query.app.inject({ method: 'GET', url: '/docs' });
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(body).toContain('<code>/timelines/{system_name}/{object_id}</code>');
  });

  it('comes over connections that can not write', async () => {
    await expect(query.readPool.query("delete from events where object_id = 'order-1'")).rejects.toThrow('read-only transaction');
  });
});
