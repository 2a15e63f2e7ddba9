import { expect, test } from 'vitest';
import {
  createWorkerDatabase,
  drained,
  entries,
  eventually,
  expectSound,
  letters,
  patient,
  restingLetters,
  startWorkerProcess,
  type WorkerDatabase,
} from '../workers/testing.ts';
import { startDesk } from './ops/testing.ts';
import { dead, entries as ledgerEntries, withLedger } from './own/testing.ts';
import { startIngest } from './testing.ts';

const closed = (properties: object, required: readonly string[]) => ({ type: 'object', properties, required, additionalProperties: false });
const first = {
  system_name: 'shop',
  event_name: 'placed',
  version: 1,
  owner: 'orders',
  compatibility: 'backward',
  schema: closed({ total: { type: 'number' }, note: { type: 'string' } }, ['total']),
};
/** `total` becomes `amount`, with a currency. */
const second = {
  ...first,
  version: 2,
  compatibility: 'none',
  schema: closed({ amount: { type: 'number' }, currency: { enum: ['EUR', 'USD'] }, note: { type: 'string' } }, ['amount', 'currency']),
  upcast: {
    rules: [
      { op: 'move', from: '/metadata/total', path: '/metadata/amount' },
      { op: 'default', path: '/metadata/currency', value: 'EUR' },
    ],
  },
  downcast: {
    rules: [
      { op: 'move', from: '/metadata/amount', path: '/metadata/total' },
      { op: 'remove', path: '/metadata/currency' },
    ],
    loses: ['/metadata/currency'],
  },
};

const event = (objectId: string, metadata: object, more: object = {}) => ({
  system_name: 'shop',
  object_id: objectId,
  event_name: 'placed',
  event_time: '2026-01-01T00:00:00Z',
  metadata,
  ...more,
});

const quickCache = { FAULTLINE_SCHEMA_CACHE_MS: '50' };

const startDoor = async (database: WorkerDatabase) => {
  const ingest = startIngest(database.url, quickCache, 'ignore');
  const { address } = await ingest.ready();
  const send = async (body: object, headers: Record<string, string> = {}) => {
    const response = await fetch(`${address}/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    return {
      status: response.status,
      body: (await response.json()) as { id?: number; schema?: unknown; error?: { code: string; details: unknown } },
    };
  };
  return { send, [Symbol.asyncDispose]: () => ingest[Symbol.asyncDispose]() };
};

test('a schema is tried, registered once, changed by a version with casts, and retired, each on record', async () => {
  await using database = await createWorkerDatabase();
  await using desk = await startDesk(database);
  expect(await desk.post('/schemas', { ...first, dry_run: true })).toMatchObject({ status: 200, body: { dry_run: true, known: false } });
  expect(await desk.get('/schemas')).toEqual({ schemas: [], next_cursor: null });
  expect(await desk.post('/schemas', first)).toMatchObject({ status: 200, body: { known: false, upcast: null } });
  expect(await desk.post('/schemas', first)).toMatchObject({ status: 200, body: { known: true } });
  expect(await desk.post('/schemas', { ...first, owner: 'others' })).toMatchObject({
    status: 409,
    body: { error: { code: 'schema_conflict' } },
  });
  const { upcast: _up, downcast: _down, ...bare } = second;
  expect(await desk.post('/schemas', { ...bare, compatibility: 'full' })).toMatchObject({
    status: 409,
    body: {
      error: {
        code: 'schema_incompatible',
        details: expect.arrayContaining([
          expect.objectContaining({ parameter: '/amount', reason: 'may_be_missing', direction: 'backward', against: 1 }),
          expect.objectContaining({ parameter: '/total', reason: 'may_be_missing', direction: 'forward', against: 1 }),
        ]),
      },
    },
  });
  const { loses: _loses, ...silent } = second.downcast;
  expect(await desk.post('/schemas', { ...second, downcast: silent })).toMatchObject({
    status: 400,
    body: {
      error: {
        code: 'invalid_schema',
        details: [{ parameter: '/downcast/loses', message: expect.stringContaining('does not name /metadata/currency') }],
      },
    },
  });
  expect(await desk.ops('schemas', 'check', await desk.rules({ ...bare, compatibility: 'backward' }))).toMatchObject({
    exitCode: 3,
    stderr: expect.stringMatching(/backward with version 1: \/amount it is required, and may be missing\n +as with \{"total":/),
  });
  expect(await desk.ops('schemas', 'register', await desk.rules(second), '--why', 'currencies')).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/It is registered\.\nupcast +2 rules\ndowncast +2 rules, loses \/metadata\/currency\nbreaks backward/),
  });
  expect(await desk.post('/schemas/retire', { system_name: 'shop', event_name: 'placed', version: 1 })).toMatchObject({
    status: 200,
    body: { known: false },
  });
  expect(await desk.post('/schemas/retire', { system_name: 'shop', event_name: 'placed', version: 7 })).toMatchObject({ status: 404 });
  expect((await desk.ops('schemas', 'list')).stdout).toMatch(
    /shop +placed +1 +orders +backward +\S+ +2\S+\nshop +placed +2 +orders +none +\S+ +-/,
  );
  expect((await desk.ops('schemas', 'show', 'shop', 'placed', '2')).stdout).toContain('"currency"');
  expect(await desk.ops('schemas', 'policy', '--system', 'shop', '--invalid', 'park', '--why', 'a try')).toMatchObject({ exitCode: 0 });
  expect((await desk.ops('schemas', 'policy')).stdout).toMatch(/shop +any +- +- +park/);
  expect(await desk.post('/schema-policies', { system_name: 'shop', event_name: 'placed', unversioned: 1 })).toMatchObject({
    status: 400,
    body: { error: { details: [{ parameter: '/unversioned', message: expect.stringContaining('retired') }] } },
  });
  const { entries: audit } = await desk.get<{ entries: unknown }>('/schema-audit');
  expect((audit as { action: string; why: string }[]).map(({ action, why }) => `${action}: ${why}`)).toEqual([
    'policy: a try',
    'retire: a test',
    'register: currencies',
    'register: a test',
  ]);
}, 60_000);

test('what does not fit is refused, parked or flagged by policy; a parked one is mended and replayed; readers get the version that they ask for', async () => {
  await using database = await createWorkerDatabase();
  await using desk = await startDesk(database);
  await using door = await startDoor(database);
  expect((await door.send(event('before', { anything: 1 }))).body).not.toHaveProperty('schema');
  await desk.post('/schemas', first);
  await desk.post('/schemas', second);
  const settled = (action: string, unversioned: number | null = null) =>
    desk.post('/schema-policies', { system_name: 'shop', event_name: 'placed', invalid: action, unknown_version: action, unversioned });

  await settled('flag');
  const flagged = await eventually(
    () => door.send(event('flagged', { total: 'much' }, { schema_version: 1 })),
    ({ body }) => body.schema !== undefined,
  );
  expect(flagged).toMatchObject({
    status: 200,
    body: { schema: { version: 1, verdict: 'invalid', action: 'flag', places: [{ path: '/metadata/total', message: 'must be number' }] } },
  });
  expect((await door.send(event('flagged', { total: 1 }))).body.schema).toMatchObject({
    version: null,
    verdict: 'unknown_version',
    action: 'flag',
  });

  await settled('refuse', 1);
  const refused = await eventually(
    () => door.send(event('refused', { total: 'much' })),
    ({ status }) => status === 400,
  );
  expect(refused.body.error).toMatchObject({ code: 'invalid_metadata', details: [{ path: '/metadata/total' }] });
  expect((await door.send(event('refused', { total: 1 }, { schema_version: 9 }))).body.error).toMatchObject({ code: 'unknown_schema' });
  const cloud = await door.send(event('x', {}), {
    'ce-specversion': '1.0',
    'ce-id': 'c1',
    'ce-source': 'shop',
    'ce-type': 'placed',
    'ce-dataschema': 'https://example.com/schemas/shop/placed/2',
  });
  expect(cloud.body.error).toMatchObject({ code: 'invalid_metadata' });

  await settled('park', 1);
  await eventually(
    () => door.send(event('probe', { total: 'much' })),
    ({ status }) => status === 200,
  );
  expect((await door.send(event('parked', { total: 'seven' }, { id: 'p1' }))).body.schema).toMatchObject({
    action: 'park',
    verdict: 'invalid',
  });
  const good = await door.send(event('parked', { total: 2 }, { id: 'p2' }));
  const upper = await door.send(event('other', { amount: 3.0, currency: 'USD' }, { schema_version: 2 }));
  expect(upper).toMatchObject({ status: 200 });

  await using _worker = await startWorkerProcess(database.url, { ...patient, ...quickCache });
  const [{ total }] = (await database.rows<{ total: number }>('select count(*)::int as total from log')) as [{ total: number }];
  await drained(database, total);
  await restingLetters(database, 2);
  expect(
    (await letters(database)).map(({ reason_code, attempts, object_id }) => `${object_id} ${reason_code} ${attempts}`).toSorted(),
  ).toEqual(['parked schema_invalid 1', 'probe schema_invalid 1']);
  expect(await entries(database, 'parked')).toEqual([]);
  const rules = await desk.rules([{ op: 'replace', path: '/metadata/total', value: 7, when: { path: '/metadata/total', type: 'string' } }]);
  expect(await desk.ops('dead-letters', 'replay', '--object', 'parked', '--why', 'as it is')).toMatchObject({ exitCode: 1 });
  expect(await desk.ops('dead-letters', 'fix', '--object', 'parked', '--rules', rules, '--replay', '--why', 'mended')).toMatchObject({
    exitCode: 0,
  });
  expect(await entries(database, 'parked')).toEqual(['placed', 'placed']);
  // The operator's other way: what the policy no longer parks is replayed as it came.
  await settled('flag', 1);
  await eventually(
    async () => {
      await desk.ops('dead-letters', 'replay', '--object', 'probe', '--why', 'it may pass');
      return letters(database);
    },
    (seen) => seen.length === 0,
  );
  await expectSound(database, total);

  const asked = await desk.get(`/events/${good.body.id}?as_version=2`);
  expect(asked).toMatchObject({ metadata: { amount: 2, currency: 'EUR' }, schema_version: 1, as_version: 2, lost: [] });
  expect(await desk.get(`/events/${upper.body.id}?as_version=1`)).toMatchObject({ metadata: { total: 3 }, lost: ['/metadata/currency'] });
  expect(await desk.get(`/events/${flagged.body.id}`)).toMatchObject({ schema_version: 1, schema_verdict: 'invalid' });
  expect(await desk.get(`/events/${upper.body.id}?as_version=9`)).toMatchObject({ error: { code: 'invalid_query' } });
}, 90_000);

test("a team's own processor is not given what the policy parks, and is given events in the version that it asks for", async () => {
  await using database = await createWorkerDatabase();
  await using desk = await startDesk(database);
  await using door = await startDoor(database);
  const paid = (objectId: string, metadata: object, more: object = {}) => ({ ...event(objectId, metadata, more), event_name: 'paid' });
  const number = { type: 'number' };
  await desk.post('/schemas', { ...first, event_name: 'paid', schema: closed({ total: number }, ['total']) });
  const cast = { rules: [{ op: 'move', from: '/metadata/total', path: '/metadata/value' }] };
  const back = { rules: [{ op: 'move', from: '/metadata/value', path: '/metadata/total' }] };
  const later = { ...first, event_name: 'paid', version: 2, compatibility: 'none', schema: closed({ value: number }, ['value']) };
  expect(await desk.post('/schemas', { ...later, upcast: cast, downcast: back })).toMatchObject({ status: 200 });
  const settled = (action: string) =>
    desk.post('/schema-policies', {
      system_name: 'shop',
      invalid: action,
      unknown_version: action,
      unregistered: action,
      unversioned: null,
    });
  await settled('park');
  // It does not read these: they are not its to park.
  await eventually(
    () => door.send(event('not-read', {})),
    ({ body }) => (body.schema as { action?: string } | undefined)?.action === 'park',
  );
  await door.send(paid('bad', { total: 'much' }, { schema_version: 1 }));
  await door.send(paid('old', { total: 7 }, { schema_version: 1 }));
  await door.send(paid('new', { value: 8 }, { schema_version: 2 }));

  await using _worker = await startWorkerProcess(database.url, { ...withLedger, ...quickCache, LEDGER_READS: '2' });
  const parked = await eventually(
    () => dead(database),
    (seen) => seen.length > 0,
  );
  expect(parked).toEqual([{ object_id: 'bad', reason_code: 'schema_invalid', attempts: 1 }]);
  const values = async () => (await ledgerEntries(database)).map(({ object_id, value }) => `${object_id} ${value}`).toSorted();
  await eventually(values, (seen) => seen.length === 2);
  expect(await values()).toEqual(['new 8', 'old 7']);
  // What the policy lets pass reaches the handler, whose table refuses it.
  await settled('flag');
  const again = await eventually(
    async () => {
      await desk.ops('dead-letters', 'replay', '--processor', 'ledger', '--object', 'bad', '--why', 'it may pass');
      return dead(database);
    },
    ([one]) => one?.reason_code === 'data_refused',
  );
  expect(again).toHaveLength(1);
  expect(await values()).toEqual(['new 8', 'old 7']);
}, 90_000);
