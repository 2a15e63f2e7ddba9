import { randomUUID } from 'node:crypto';
import { Compile } from 'typebox/compile';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorAnswer } from './schemas/answers.ts';
import { acceptedJobAnswer } from './schemas/recovery-answers.ts';
import { type QueryUnderTest, startQueryUnderTest } from './testing.ts';

let query: QueryUnderTest;
const { hasOwn } = Object;

beforeAll(async () => {
  query = await startQueryUnderTest();
  await query.pool.query(`
    insert into parked_keys (processor, version, lane, tenant, system_name, object_id, state)
    select 'timelines', 1, 2, 'default', 'shop', 'bad/' || n, 'parked' from generate_series(1, 3) n;
    insert into parked_events (processor, version, lane, position, id, tenant, system_name, object_id, event_name, event_time, event_time_source,
      received_at, body, attempts, reason_code, reason_message, error_type, first_failed_at, last_failed_at, traceparent)
    select 'timelines', 1, 2, n, 200 + n, 'default', 'shop', 'bad/' || n, 'paid', now(), 'client', now(), '{"metadata":{"n":1.0}}', 3, 'handler_threw', 'no',
      'TypeError', now(), now(), '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' from generate_series(1, 3) n;
  `);
});

afterAll(() => query[Symbol.asyncDispose]());

const asked = { action: 'discard', selection: { object_id: 'bad/1' }, requested_by: 'ann', why: 'a test' };
const fix = [{ op: 'remove', path: '/metadata/n' }];

describe('POST /recovery/jobs', () => {
  it('writes down what was asked, of exactly what was selected, and touches neither park nor lane', async () => {
    const before = await query.pool.query('select * from parked_keys order by object_id');
    const { status, body } = await query.post('/recovery/jobs', { ...asked, selection: { reason: 'handler_threw' }, rate_per_second: 2 });
    expect(status).toBe(202);
    expect(Compile(acceptedJobAnswer).Errors(body)).toEqual([]);
    expect(body).toMatchObject({ known: false, commands: 3, already_asked: 0 });
    expect((await query.pool.query('select * from parked_keys order by object_id')).rows).toEqual(before.rows);
    const { rows } = await query.pool.query(
      `
      select object_id, position::int, extract(epoch from due_at - first_value(due_at) over (order by command))::float as after
      from recovery_commands where job = $1 order by command`,
      [body.job],
    );
    expect(rows.map((row: { object_id: string }) => row.object_id)).toEqual(['bad/1', 'bad/2', 'bad/3']);
    expect(rows.map((row: { after: number }) => Math.round(row.after * 10) / 10)).toEqual([0, 0.5, 1]);
    const job = await query.get(`/recovery/jobs/${body.job}?limit=2`);
    expect(job.body).toMatchObject({ action: 'discard', requested_by: 'ann', why: 'a test', open: 3, outcomes: {}, events: 0 });
    expect(job.body.commands).toHaveLength(2);
    expect((await query.get(`/recovery/jobs/${body.job}?limit=2&cursor=${job.body.next_cursor}`)).body.commands).toHaveLength(1);
    const again = await query.post('/recovery/jobs', { ...asked, selection: { all: true } });
    expect(again.body).toMatchObject({ commands: 0, already_asked: 3 });
    const line = query.lines.map((text) => JSON.parse(text)).find(({ event_name }) => event_name === 'faultline.recovery.asked');
    expect(line.attributes).toEqual({
      'faultline.recovery.job': body.job,
      'faultline.action': 'discard',
      'faultline.requested_by': 'ann',
      'faultline.tenant': 'default',
      'faultline.commands': 3,
      'faultline.known': false,
    });
  });

  it('refuses a fix beside one with other rules that is not done, and takes the same rules for the same', async () => {
    const selection = { object_id: 'bad/2' };
    const first = await query.post('/recovery/jobs', { ...asked, action: 'fix', fix, selection });
    expect(first.body).toMatchObject({ commands: 1, already_asked: 0 });
    const before = await query.pool.query('select count(*) from recovery_jobs');
    const others = [{ op: 'remove', path: '/metadata/m' }];
    const { status, body } = await query.post('/recovery/jobs', {
      ...asked,
      action: 'fix',
      fix: others,
      selection: { reason: 'handler_threw' },
    });
    expect([status, body.error.code]).toEqual([409, 'recovery_conflict']);
    expect(body.error.message).toContain(`those of job ${first.body.job}`);
    expect((await query.pool.query('select count(*) from recovery_jobs')).rows).toEqual(before.rows);
    const same = await query.post('/recovery/jobs', { ...asked, action: 'fix', fix, selection });
    expect(same.body).toMatchObject({ commands: 0, already_asked: 1 });
    await query.pool.query("update recovery_commands set done_at = now(), outcome = 'fixed' where action = 'fix'");
    expect((await query.post('/recovery/jobs', { ...asked, action: 'fix', fix: others, selection })).body).toMatchObject({ commands: 1 });
  });

  it('finds nothing where nothing is selected, and leaves no job behind', async () => {
    const before = await query.pool.query('select count(*) from recovery_jobs');
    for (const selection of [
      { object_id: 'nobody' },
      { version: 9_007_199_254_740_991 },
      { lane: 3_000_000_000 },
      { event_name: "' or true --" },
    ]) {
      const { status, body } = await query.post('/recovery/jobs', { ...asked, selection });
      expect([status, body.error.code]).toEqual([404, 'not_found']);
    }
    expect((await query.pool.query('select count(*) from recovery_jobs')).rows).toEqual(before.rows);
  });

  it.each<[string, unknown, number, string, string]>([
    ['no JSON', '{', 400, 'invalid_json', 'not JSON'],
    ['no object', '[]', 400, 'invalid_recovery', 'object'],
    ['nothing selected', { ...asked, selection: {} }, 400, 'invalid_recovery', '"all": true'],
    ['all and a condition', { ...asked, selection: { all: true, lane: 1 } }, 400, 'invalid_recovery', '/selection/all'],
    ['an unknown field', { ...asked, selection: { objectid: 'a' } }, 400, 'invalid_recovery', '/selection'],
    ['nobody', { ...asked, requested_by: '' }, 400, 'invalid_recovery', '/requested_by'],
    ['no reason', { ...asked, why: undefined }, 400, 'invalid_recovery', 'why'],
    ['an unknown action', { ...asked, action: 'drop' }, 400, 'invalid_recovery', '/action'],
    ['a rate of nothing', { ...asked, rate_per_second: 0 }, 400, 'invalid_recovery', '/rate_per_second'],
    ['a fix that is none', { ...asked, fix }, 400, 'invalid_recovery', '/fix'],
    ['no rules', { ...asked, action: 'fix' }, 400, 'invalid_recovery', '/fix'],
    ['a place outside of metadata', { ...asked, action: 'fix', fix: [{ op: 'remove', path: '/id' }] }, 400, 'invalid_recovery', '/fix/0'],
    ['an unknown op', { ...asked, action: 'fix', fix: [{ op: 'move', path: '/metadata/a' }] }, 400, 'invalid_recovery', '/fix'],
    ['a dry run of a discard', { ...asked, dry_run: true }, 400, 'invalid_recovery', 'GET /dead-letters'],
    ['U+0000', { ...asked, why: 'a\0' }, 400, 'invalid_recovery', 'U+0000'],
    ['a lone surrogate', { ...asked, selection: { object_id: '\ud800' } }, 400, 'invalid_recovery', 'surrogate'],
    ['deep nesting', `{"fix":${'['.repeat(5000)}${']'.repeat(5000)}}`, 400, 'invalid_recovery', 'deeper'],
    [
      'more digits than a double',
      `{"action":"fix","selection":{"all":true},"requested_by":"a","why":"b","fix":[{"op":"replace","path":"/metadata/a","value":12345678901234567890}]}`,
      400,
      'invalid_recovery',
      '12345678901234567890',
    ],
    ['too much', { ...asked, why: 'x'.repeat(300_000) }, 413, 'payload_too_large', 'larger'],
  ])('refuses %s, and says where', async (_what, request, status, code, words) => {
    const answer = await query.post('/recovery/jobs', request);
    expect([answer.status, answer.body.error.code]).toEqual([status, code]);
    expect(answer.body.error.message).toContain(words);
    expect(Compile(errorAnswer).Errors(answer.body)).toEqual([]);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=a'])(
    'takes no %s, which a page of another origin could send unasked',
    async (type) => {
      const answer = await query.post('/recovery/jobs', asked, { 'content-type': type });
      expect([answer.status, answer.body.error.code]).toEqual([400, 'unsupported_content_type']);
    },
  );

  it('is no GET', async () => {
    const answer = await query.get('/recovery/jobs');
    expect([answer.status, answer.body.error.code, answer.headers['allow']]).toEqual([405, 'method_not_allowed', 'POST']);
  });

  it('is in OpenAPI, with the schema that checks it', async () => {
    const { body } = await query.get('/openapi.json');
    const { post } = body.paths['/recovery/jobs'];
    expect(hasOwn(post.requestBody.content['application/json'].schema.properties, 'selection')).toBe(true);
    expect(Object.keys(post.responses)).toEqual(['202', '400', '401', '403', '404', '409', '413', '500', '503']);
  });
});

describe('a request id', () => {
  it.each<[string, object, object, object]>([
    [
      '/recovery/jobs',
      { action: 'fix', fix, selection: { object_id: 'bad/1' } },
      { selection: { object_id: 'bad/2' } },
      { job: expect.any(Number) },
    ],
    ['/erasures', { system_name: 'shop', object_id: 'a', dry_run: true }, { object_id: 'b' }, { erasure: expect.any(Number) }],
    ['/erasures', { system_name: 'shop', object_id: 'c', dry_run: true }, { dry_run: false }, { erasure: expect.any(Number) }],
    ['/rebuilds', { read_model: 'timelines', action: 'start' }, { action: 'compare' }, { error: { code: 'operation_refused' } }],
    ['/rebuilds', { read_model: 'timelines', action: 'compare' }, { force: true }, { error: { code: 'operation_refused' } }],
  ])('of %s for %o is not one for %o: it is refused, and not taken for known', async (url, first, change, answer) => {
    const own = { requested_by: 'ann', why: 'a test', request_id: randomUUID() };
    expect((await query.post(url, { ...first, ...own })).body).toMatchObject(answer);
    for (const other of [change, { why: 'another reason' }]) {
      const { status, body } = await query.post(url, { ...first, ...own, ...other });
      expect([status, body.error.code]).toEqual([409, 'request_id_conflict']);
      expect(Compile(errorAnswer).Errors(body)).toEqual([]);
    }
    expect((await query.post(url, { ...first, ...own })).body).toMatchObject('error' in answer ? answer : { known: true });
  });
});

describe('the park', () => {
  it('is listed by what an operator looks for, page by page', async () => {
    const found = async (parameters: string) =>
      (await query.get(`/dead-letters?${parameters}`)).body.dead_letters.map(({ id }: { id: number }) => id);
    expect(await found('reason=handler_threw&system_name=shop')).toEqual([201, 202, 203]);
    expect(await found('object_id=bad%2F2')).toEqual([202]);
    expect(await found('reason=handler_timeout')).toEqual([]);
    expect(await found('to=2020-01-01T00:00:00Z')).toEqual([]);
    expect(await found('version=3000000000')).toEqual([]);
    const first = await query.get('/dead-letters?limit=2&reason=handler_threw');
    const second = await query.get(`/dead-letters?limit=2&reason=handler_threw&cursor=${first.body.next_cursor}`);
    expect(second.body.dead_letters.map(({ id }: { id: number }) => id)).toEqual([203]);
    expect((await query.get('/parked-keys?state=retrying')).body.parked_keys).toEqual([]);
  });

  it('leaves out what a retired version has, which nobody would carry out, in listings, totals and jobs; its place still shows it', async () => {
    await query.pool.query(`
      insert into processors (processor, version, ordered, state, stream_version) values ('ledger', 1, true, 'active', 1);
      insert into parked_keys (processor, version, lane, tenant, system_name, object_id, state) values ('ledger', 1, 0, 'default', 'shop', 'l', 'parked');
      insert into parked_events (processor, version, lane, position, id, tenant, system_name, object_id, event_name, event_time, event_time_source,
        received_at, body, attempts, reason_code, reason_message, first_failed_at, last_failed_at)
      values ('ledger', 1, 0, 1, 301, 'default', 'shop', 'l', 'paid', now(), 'client', now(), '{}', 3, 'handler_threw', 'no', now(), now())`);
    const seen = async () => {
      const [letters, keys, status] = [
        await query.get('/dead-letters?processor=ledger'),
        await query.get('/parked-keys?processor=ledger'),
        await query.get('/status'),
      ];
      return [letters.body.dead_letters.length, keys.body.parked_keys.length, status.body.dead_letters, status.body.parked_keys];
    };
    expect(await seen()).toEqual([1, 1, 4, 4]);
    await query.pool.query(`update processors set state = 'retired' where processor = 'ledger'`);
    expect(await seen()).toEqual([0, 0, 3, 3]);
    const { status, body } = await query.post('/recovery/jobs', { ...asked, selection: { processor: 'ledger' } });
    expect([status, body.error.message]).toEqual([404, expect.stringContaining('without those of retired versions')]);
    expect((await query.get('/dead-letters/ledger/1/0/1')).body).toMatchObject({ id: 301, state: 'dead_letter' });
    await query.pool.query(`
      delete from parked_events where processor = 'ledger'; delete from parked_keys where processor = 'ledger'; delete from processors where processor = 'ledger'`);
  });

  it('shows one event with all that is known of it', async () => {
    const { body, text } = await query.get('/dead-letters/timelines/1/2/1');
    expect(body).toMatchObject({
      state: 'dead_letter',
      stage: 'handle',
      trace_id: '0af7651916cd43dd8448eb211c80319c',
      attempts: 3,
      earlier_attempts: 0,
      is_fixed: false,
      fixed_body: null,
      waiting_behind: 0,
    });
    expect(text).toContain('"body":{"metadata":{"n":1.0}}');
    expect((await query.get('/dead-letters/timelines/1/2/99')).status).toBe(404);
    expect((await query.get('/parked-keys/timelines/1/shop/bad%2F1')).body).toMatchObject({
      object_id: 'bad/1',
      total: 1,
      events: [{ position: 1 }],
    });
  });
});
