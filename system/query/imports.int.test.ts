// The door of imports, without the command: who has a place, whose quota holds, what is on record.
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { keysOf, makeTestKey } from '../access/testing.ts';
import { scopes } from '../contract/access.ts';
import { type QueryUnderTest, startQueryUnderTest } from './testing.ts';

const shop = makeTestKey('shop', scopes);
const bank = makeTestKey('bank', scopes);
let query: QueryUnderTest;
let address: string;

beforeAll(async () => {
  query = await startQueryUnderTest({ keys: await keysOf(shop, bank) });
  address = await query.app.listen({ host: '127.0.0.1', port: 0 });
  await query.pool.query("insert into tenants (tenant, created_by) values ('shop', 'a test'), ('bank', 'a test')");
});

afterAll(() => query[Symbol.asyncDispose]());

const event = (n: number) =>
  `{"system_name":"shop","object_id":"o${n}","event_name":"paid","event_time":"2020-01-02T03:04:05Z","metadata":{}}\n`;
const by = { requested_by: 'ann', why: 'a test' };
const as = (key: { readonly text: string }, type = 'application/json') => ({ authorization: `Bearer ${key.text}`, 'content-type': type });
let files = 0;
const openRequest = (name: string) => {
  files += 1;
  const sha256 = files.toString(16).padStart(64, '0');
  return { name, format: 'ndjson', first_line: 1, lines: 1000, bytes: 1, sha256, ...by };
};
const open = (name: string, key = shop, change: object = {}) => query.post('/imports', { ...openRequest(name), ...change }, as(key));
const lines = (name: string, from: number, text: string, key = shop) =>
  query.post(`/imports/${name}/lines?from=${from}`, text, as(key, 'application/x-ndjson'));

/** A client that says that lines follow, and sends none; it was told to go on, and so its request is being looked at. */
const beginSlice = async (name: string, key: { readonly text: string }) => {
  const { hostname, port } = new URL(address);
  const socket = connect(Number(port), hostname);
  let text = '';
  socket.on('error', () => {});
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const head = Object.entries({ host: 'x', ...as(key, 'application/x-ndjson'), 'content-length': '100000', expect: '100-continue' });
  socket.write(`POST /imports/${name}/lines?from=1 HTTP/1.1\r\n${head.map(([field, value]) => `${field}: ${value}`).join('\r\n')}\r\n\r\n`);
  await once(socket, 'data');
  return { socket, answered: () => text };
};

describe('a slice of a file', () => {
  it('has its place before its body is read; a tenant finds one however many another holds, and a client that leaves gives its own back', async () => {
    await open('places');
    await open('places', bank);
    const held = [await beginSlice('places', shop), await beginSlice('places', shop)];
    const third = await beginSlice('places', shop);
    await vi.waitFor(() => expect(third.answered()).toContain('"code":"overloaded"'), { timeout: 20_000 });
    const goOn = 'HTTP/1.1 100 Continue\r\n\r\n';
    expect(held.map(({ answered }) => answered())).toEqual([goOn, goOn]);
    expect(await lines('places', 1, event(1), bank)).toMatchObject({ status: 200, body: { next_line: 2 } });
    for (const { socket } of [third, ...held]) socket.destroy();
    await vi.waitFor(async () => expect(await lines('places', 1, event(1))).toMatchObject({ status: 200, body: { next_line: 2 } }), {
      timeout: 20_000,
    });
  });

  it('gives its place back whatever comes of it', async () => {
    await open('given-back');
    for (let n = 0; n < 6; n += 1)
      expect((await query.post('/imports/given-back/lines?from=1', '{}', as(shop))).body.error.code).toBe('unsupported_content_type');
    for (let n = 0; n < 6; n += 1) expect((await lines('none', 1, event(1))).body.error.code).toBe('not_found');
    expect((await lines('given-back', 1, event(1))).status).toBe(200);
  });

  it('of a tenant whose storage is used up is 429, and goes in once there is room', async () => {
    await open('full', bank);
    await query.pool.query(
      "update tenants set storage_bytes = (select sum(bytes) from tenant_usage where tenant = 'bank') where tenant = 'bank'",
    );
    const refused = await lines('full', 1, event(1), bank);
    expect([refused.status, refused.body.error.code, refused.headers['retry-after']]).toEqual([429, 'storage_quota_exceeded', '5']);
    await query.pool.query("update tenants set storage_bytes = null where tenant = 'bank'");
    expect(await lines('full', 1, event(1), bank)).toMatchObject({ status: 200, body: { appended: 1 } });
  });
});

describe('the same file', () => {
  it('under several names at once is opened under one of them', async () => {
    const request = openRequest('x');
    const answers = await Promise.all(['a', 'b', 'c', 'd'].map((name) => open(`same-${name}`, shop, { sha256: request.sha256 })));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409, 409, 409]);
  });
});

describe('a file whose import was cancelled', () => {
  it('is taken under another name where nothing of it was appended, and else only where it is to come again', async () => {
    const cancel = (name: string) => query.post(`/imports/${name}/steer`, { action: 'cancel', ...by }, as(shop));
    const { sha256 } = openRequest('x');
    await open('wrong', shop, { sha256 });
    await cancel('wrong');
    expect((await open('right', shop, { sha256 })).status).toBe(201);
    expect((await lines('right', 1, event(1))).body.appended).toBe(1);
    await cancel('right');
    const refused = await open('third', shop, { sha256 });
    expect([refused.status, refused.body.error.code, refused.body.error.message]).toEqual([
      409,
      'import_conflict',
      expect.stringMatching(/as import 'right' \(cancelled\): what that one appended stays.*--again/),
    ]);
    expect((await open('third', shop, { sha256, again: true })).status).toBe(201);
  });
});

describe('what is on record', () => {
  const logged = (name: string) =>
    query.lines.map((line) => JSON.parse(line)).filter(({ attributes }) => attributes['faultline.import'] === name);

  it('has the tenant, the key, and for what an import does by itself no name of whoever opened it', async () => {
    await open('record', bank, { lines: 1 });
    await query.post('/imports/record/steer', { action: 'pause', ...by }, as(bank));
    await query.post('/imports/record/steer', { action: 'resume', ...by }, as(bank));
    expect((await lines('record', 1, event(1), bank)).body.state).toBe('done');
    const { body } = await query.get('/imports/record', as(bank));
    const told = body.audit.map(({ action, requested_by, key_id }: Record<string, unknown>) => [action, requested_by, key_id]);
    const { keyId } = bank.kept;
    expect(told).toEqual([
      ['finish', 'faultline', null],
      ['resume', 'ann', keyId],
      ['pause', 'ann', keyId],
      ['open', 'ann', keyId],
    ]);
    expect(logged('record').map(({ event_name, attributes }) => [event_name, attributes['faultline.tenant']])).toEqual([
      ['faultline.import.asked', 'bank'],
      ['faultline.import.steered', 'bank'],
      ['faultline.import.steered', 'bank'],
      ['faultline.import.done', 'bank'],
    ]);
  });

  it('of erasures and schemas has them too', async () => {
    const asked = { system_name: 'shop', object_id: 'a', dry_run: true, ...by };
    const { body } = await query.post('/erasures', asked, as(bank));
    expect((await query.get(`/erasures/${body.erasure}`, as(bank))).body.key_id).toBe(bank.kept.keyId);
    await query.post('/schema-policies', { system_name: 'shop', invalid: 'park', ...by }, as(bank));
    const changed = query.lines.map((line) => JSON.parse(line)).find(({ event_name }) => event_name === 'faultline.schemas.changed');
    expect(changed.attributes['faultline.tenant']).toBe('bank');
  });
});
