import { expect, test } from 'vitest';
import { compileCheck } from '../schemas/compile-check.ts';
import { createRegistry, type RegistryRows } from '../schemas/registry.ts';
import type { LogEvent, SchemaFinding } from '../stream/stream.ts';
import { createCallHandler } from './call-handler.ts';
import { parseReads, type ReadVersion, withSchemas } from './with-schemas.ts';

const key = { tenant: 'default', systemName: 'shop', eventName: 'placed' };
const schema = JSON.stringify({ type: 'object', properties: { total: { type: 'number' } }, required: ['total'] });
const policy = { ...key, unregistered: null, unknown_version: 'park', invalid: 'park', unversioned: 1 } as const;
const rows: RegistryRows = {
  revision: 5,
  schemas: [
    { ...key, version: 1, schema, isRetired: false, upcast: null, downcast: null },
    {
      ...key,
      version: 2,
      schema: '{"type":"object"}',
      isRetired: false,
      upcast: JSON.stringify({ rules: [{ op: 'move', from: '/metadata/total', path: '/metadata/amount' }] }),
      downcast: null,
    },
  ],
  policies: [policy],
};

const eventOf = (metadata: object, found?: SchemaFinding): LogEvent => ({
  ...key,
  objectId: 'o',
  lane: 0,
  position: 1,
  id: 1,
  idempotencyKey: null,
  sequence: null,
  eventTime: new Date(0),
  eventTimeSource: 'client',
  receivedAt: new Date(0),
  body: JSON.stringify({ metadata }),
  traceparent: null,
  ...(found !== undefined && { schema: found }),
});

const progress = { enter: () => {}, leave: () => {}, waits: () => {} };

const handle = async (event: LogEvent, { reads = [] as readonly ReadVersion[], registry = createRegistry(rows, compileCheck) } = {}) => {
  const processor = withSchemas(
    { kind: 'ordered', name: 'p', version: 1, handle: ({ body }) => body, apply: () => Promise.resolve(0) },
    () => registry,
    reads,
  );
  return createCallHandler(processor, progress, new Map())(event);
};

const parked = (parkedAt: number): SchemaFinding => ({ version: 1, verdict: 'invalid', parkedAt });

test('what is parked by policy fails with a reason of its own, and passes once it fits', async () => {
  expect(await handle(eventOf({ total: 'x' }, parked(5)))).toEqual({
    failure: {
      code: 'schema_invalid',
      message: 'The event does not fit version 1 of its schema: /metadata/total must be number.',
      errorType: null,
    },
  });
  expect(await handle(eventOf({ total: 1 }, parked(5)))).toEqual({ effect: '{"metadata":{"total":1}}' });
});

test('a copy of the registry from before does not let it pass', async () => {
  const older = createRegistry({ revision: 4, schemas: [], policies: [] }, compileCheck);
  expect(await handle(eventOf({ total: 'x' }, parked(5)), { registry: older })).toMatchObject({ failure: { code: 'schema_invalid' } });
});

test('a policy that does not park any more lets it pass as it is', async () => {
  const milder = createRegistry({ ...rows, revision: 6, policies: [{ ...policy, invalid: 'flag' }] }, compileCheck);
  expect(await handle(eventOf({ total: 'x' }, parked(5)), { registry: milder })).toEqual({ effect: '{"metadata":{"total":"x"}}' });
});

test('a processor is given the version that it asks for, or the event fails with why', async () => {
  const reads = parseReads([{ system_name: 'shop', event_name: 'placed', version: 2 }]);
  const of = (version: number | null): SchemaFinding => ({ version, verdict: null, parkedAt: null });
  expect(await handle(eventOf({ total: 1 }, of(1)), { reads })).toEqual({ effect: '{"metadata":{"amount":1}}' });
  expect(await handle(eventOf({ amount: 1 }, of(2)), { reads })).toEqual({ effect: '{"metadata":{"amount":1}}' });
  expect(await handle(eventOf({ total: 1 }), { reads })).toMatchObject({
    failure: { code: 'schema_no_cast', message: expect.stringContaining('is not known') },
  });
  expect(await handle(eventOf({ total: 1, amount: 2 }, of(1)), { reads })).toMatchObject({
    failure: { code: 'schema_no_cast', message: expect.stringContaining('rule 0') },
  });
});

test('what a module asks for is checked', () => {
  expect(() => parseReads([{ system_name: 'shop' }])).toThrow('must be an array of');
  expect(() => parseReads('all')).toThrow('must be an array of');
});
