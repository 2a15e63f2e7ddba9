// Each route of the ingest door, with each scope and without a key; whose an event is comes from the key.
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keysOf, makeTestKey } from '../../access/testing.ts';
import { routeNeeds, scopes } from '../../contract/access.ts';
import { sendRaw, startTestDoor, type TestDoor } from './testing.ts';

const ofScope = Object.fromEntries(scopes.map((scope) => [scope, makeTestKey('shop', [scope])]));
const other = makeTestKey('bank', ['ingest']);
let door: TestDoor;

beforeAll(async () => {
  door = await startTestDoor({ keys: await keysOf(other, ...Object.values(ofScope)) });
});

afterAll(() => door[Symbol.asyncDispose]());

const event = { system_name: 's', object_id: 'o', event_name: 'n', event_time: '2026-01-01T00:00:00Z', metadata: {} };

const ask = async (route: string, key: string | null, body: unknown = route.endsWith('batch') ? [event] : event) => {
  const [method, path] = route.split(' ') as ['GET' | 'POST', string];
  const answer = await request(`${door.server.address}${path}`, {
    method,
    headers: { ...(key !== null && { authorization: `Bearer ${key}` }), ...(method === 'POST' && { 'content-type': 'application/json' }) },
    ...(method === 'POST' && { body: JSON.stringify(body) }),
  });
  return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
};

const codeOf = (text: string) => (JSON.parse(text) as { error?: { code: string } }).error?.code;
const routes = Object.entries(routeNeeds.ingest);
const closed = routes.filter(([, need]) => need !== 'open');

describe('the ingest door', () => {
  it.each(closed)('lets the scope of %s (%s) in, and no other; what is refused stores nothing', async (route, need) => {
    for (const scope of scopes) {
      const before = door.stream.log.length;
      const { status, text } = await ask(route, ofScope[scope]!.text);
      const stored = door.stream.log.length - before;
      expect([status, codeOf(text), stored]).toEqual(scope === need ? [200, undefined, 1] : [403, 'forbidden', 0]);
    }
  });

  it.each(closed)('refuses %s without a key, and with what is none', async (route) => {
    const before = door.stream.log.length;
    for (const key of [null, 'nonsense', other.text.slice(0, -1), `${other.text}, ${other.text}`]) {
      const { status, text, headers } = await ask(route, key);
      expect([status, codeOf(text), headers['www-authenticate']]).toEqual([401, 'unauthenticated', 'Bearer realm="faultline"']);
    }
    expect(door.stream.log).toHaveLength(before);
  });

  it.each(routes.filter(([, need]) => need === 'open'))('answers %s to anybody', async (route) => {
    expect((await ask(route, null)).status).toBe(200);
  });

  it('takes whose an event is from the key, and refuses a body that says it', async () => {
    const sent = { ...event, id: 'the same for both' };
    for (const key of [ofScope['ingest']!, other]) expect((await ask('POST /events', key.text, sent)).status).toBe(200);
    expect(door.stream.log.slice(-2).map(({ tenant, idempotencyKey }) => [tenant, idempotencyKey])).toEqual([
      ['shop', sent.id],
      ['bank', sent.id],
    ]);
    const { status, text } = await ask('POST /events', other.text, { ...event, tenant: 'shop' });
    expect([status, codeOf(text)]).toEqual([400, 'invalid_event']);
  });

  it('refuses before it reads a body', async () => {
    const head = 'POST /events HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: 4000\r\n\r\n';
    expect(await sendRaw(door.server.address, head)).toMatch(/^HTTP\/1\.1 401 /);
  });

  it('says in OpenAPI which scope each operation asks for', async () => {
    type Operation = { readonly security: readonly Readonly<Record<string, readonly string[]>>[] };
    const { paths } = JSON.parse((await ask('GET /openapi.json', null)).text) as { paths: Record<string, Record<string, Operation>> };
    const said = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { security }]) => [`${method.toUpperCase()} ${path}`, security[0]?.['apiKey']?.[0] ?? 'open']),
    );
    expect(Object.fromEntries(said)).toEqual(routeNeeds.ingest);
  });
});
