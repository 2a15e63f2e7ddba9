// Whatever comes: an answer of the contract with a stable code, never a 5xx, and nothing stored where it is not a 200.
import * as zlib from 'node:zlib';
import { request } from 'undici';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { errorCodes } from '../../contract/error-codes.ts';
import { startTestDoor, type TestDoor } from './testing.ts';

let door: TestDoor;

beforeAll(async () => {
  door = await startTestDoor();
});

afterAll(() => door[Symbol.asyncDispose]());

const cloudEvent = { specversion: '1.0', id: 'e', source: 's', type: 't' };
const plain = { system_name: 's', object_id: 'o', event_name: 'n', event_time: '2026-01-01T00:00:00Z', metadata: {} };

const json = fc.oneof(
  fc.json(),
  fc.jsonValue().map((data) => JSON.stringify({ ...cloudEvent, data })),
  fc.jsonValue().map((metadata) => JSON.stringify({ ...plain, metadata })),
  fc.dictionary(fc.string(), fc.jsonValue()).map((more) => JSON.stringify({ ...cloudEvent, ...more })),
  fc.array(fc.jsonValue()).map((events) => JSON.stringify([plain, cloudEvent, ...events])),
  fc.string({ unit: 'binary' }),
);
const cut = (bytes: Buffer) => fc.nat(bytes.length).map((length) => bytes.subarray(0, length));
const bytes = fc.oneof(
  json.map((text) => Buffer.from(text)),
  json.map((text) => Buffer.from(text)).chain(cut),
  json.map((text) => zlib.gzipSync(text)),
  json.map((text) => zlib.zstdCompressSync(text)).chain(cut),
  json.map((text) => zlib.brotliCompressSync(text)).chain(cut),
  fc.uint8Array().map((array) => Buffer.from(array)),
);
/** What a header may hold on the wire. */
const value = fc.oneof(
  fc.string({
    unit: fc
      .integer({ min: 0x20, max: 0xff })
      .filter((code) => code !== 0x7f)
      .map((code) => String.fromCharCode(code)),
    maxLength: 300,
  }),
  fc.constantFrom('1.0', '0.3', 'gzip', 'br', 'zstd', 'deflate', '%00', '%ff', '"a\\"', ''),
);
const contentTypes = fc.oneof(
  fc.constantFrom(
    'application/json',
    'application/x-ndjson',
    'application/cloudevents+json',
    'application/cloudevents-batch+json',
    'application/cloudevents+xml',
    'text/plain',
    'image/png',
    'application/json; charset=utf-16',
  ),
  value,
);
const headers = fc.record(
  {
    'content-type': contentTypes,
    'content-encoding': fc.constantFrom('gzip', 'br', 'zstd', 'deflate', 'identity', 'gzip, br', 'nonsense'),
    'idempotency-key': value,
    'ce-specversion': fc.oneof(fc.constant('1.0'), value),
    'ce-id': value,
    'ce-source': value,
    'ce-type': value,
    'ce-subject': value,
    'ce-time': value,
    'ce-data': value,
    'ce-some-ext': value,
    traceparent: value,
  },
  { requiredKeys: [] },
);
const anything = fc.record({ path: fc.constantFrom('/events', '/events/batch'), headers, body: bytes });

type Sent = { readonly path: string; readonly headers: Readonly<Record<string, string>>; readonly body: Buffer };

const good = (path: string, given: Readonly<Record<string, string>>, body: unknown): Sent => ({
  path,
  headers: given,
  body: Buffer.from(JSON.stringify(body)),
});
const binaryHeaders = Object.fromEntries(Object.entries(cloudEvent).map(([name, text]) => [`ce-${name}`, text]));
const goodOnes = fc.constantFrom(
  good('/events', { 'content-type': 'application/json' }, plain),
  good('/events', { 'content-type': 'application/cloudevents+json' }, cloudEvent),
  good('/events', { 'content-type': 'application/json', ...binaryHeaders }, { a: 1 }),
  good('/events/batch', { 'content-type': 'application/json' }, [plain, plain]),
  good('/events/batch', { 'content-type': 'application/cloudevents-batch+json' }, [cloudEvent]),
);
/** A good request with one header more or another, or another body. */
const nearlyGood = fc.tuple(goodOnes, headers, fc.option(bytes, { freq: 2 })).map(([sent, more, body]) => ({
  path: sent.path,
  headers: { ...sent.headers, ...(body === null && Object.fromEntries(Object.entries(more).slice(0, 1))) },
  body: body ?? sent.body,
}));

type Result = { readonly status?: number; readonly error?: { readonly code: string; readonly message: string } };

const isOfContract = (status: number, { error }: Result): boolean => {
  if (status === 200) return error === undefined;
  const known = Object.entries(errorCodes).find(([code]) => code === error?.code)?.[1];
  return status < 500 && known?.status === status && error!.message !== '';
};

test('400 requests of arbitrary headers and bodies', async () => {
  const statuses = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(fc.oneof(anything, nearlyGood), async ({ path, headers: given, body }) => {
      const before = door.stream.log.length;
      const answer = await request(`${door.server.address}${path}`, { method: 'POST', headers: given, body });
      const result = (await answer.body.json()) as Result & { readonly results?: readonly Result[] };
      statuses.set(answer.statusCode, (statuses.get(answer.statusCode) ?? 0) + 1);
      expect([answer.statusCode, result, isOfContract(answer.statusCode, result)]).toEqual([answer.statusCode, result, true]);
      const items = result.results ?? [];
      for (const item of items) expect(isOfContract(item.status ?? 0, item)).toBe(true);
      const stored = result.results ? items.filter(({ status }) => status === 200).length : Number(answer.statusCode === 200);
      expect(door.stream.log.length - before).toBeLessThanOrEqual(stored);
    }),
    { numRuns: 400, seed: 20261126 },
  );
  // It would prove nothing if all were refused for one reason.
  expect(statuses.get(200) ?? 0).toBeGreaterThan(10);
  expect(statuses.get(400) ?? 0).toBeGreaterThan(100);
});
