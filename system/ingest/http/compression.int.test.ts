import { buffer } from 'node:stream/consumers';
import * as zlib from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ContentEncoding, contentEncodings } from '../../contract/content-encodings.ts';
import { startTestDoor, type TestDoor, testLimits } from './testing.ts';

let door: TestDoor;

beforeAll(async () => {
  door = await startTestDoor();
});

afterAll(() => door[Symbol.asyncDispose]());

const compress: Readonly<Record<ContentEncoding, (bytes: Buffer) => Buffer>> = {
  gzip: (bytes) => zlib.gzipSync(bytes),
  deflate: (bytes) => zlib.deflateSync(bytes),
  br: (bytes) => zlib.brotliCompressSync(bytes, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 4 } }),
  zstd: (bytes) => zlib.zstdCompressSync(bytes),
};

const event = (change: Record<string, unknown> = {}) =>
  JSON.stringify({
    system_name: 'shop',
    object_id: 'o-1',
    event_name: 'placed',
    event_time: '2026-01-01T00:00:00Z',
    metadata: {},
    ...change,
  });
const ofLength = (length: number): Buffer => {
  const short = event({ metadata: { text: '' } });
  return Buffer.from(short.replace('""', `"${'x'.repeat(length - short.length)}"`));
};

type Answer = {
  readonly status: number;
  readonly body: { readonly results?: readonly { readonly status: number }[]; readonly error?: object };
};

const post = async (path: string, body: Buffer, encoding: string, headers: Record<string, string> = {}): Promise<Answer> => {
  const response = await fetch(`${door.server.address}${path}`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', 'content-encoding': encoding, ...headers },
  });
  return { status: response.status, body: (await response.json()) as Answer['body'] };
};

test('this Node takes zstd', () => {
  expect(contentEncodings).toEqual(['gzip', 'deflate', 'br', 'zstd']);
});

test.each(contentEncodings)('an event, a batch and a CloudEvent that come as %s are taken as they were', async (encoding) => {
  const text = event({ metadata: { text: 'grüße'.repeat(100) } });
  expect((await post('/events', compress[encoding](Buffer.from(text)), encoding)).status).toBe(200);
  expect(door.stream.log.at(-1)!.body).toBe(text);
  const batch = await post('/events/batch', compress[encoding](Buffer.from(`[${text},${text}]`)), encoding.toUpperCase());
  expect(batch.body.results?.map(({ status }) => status)).toEqual([200, 200]);
  const headers = { 'ce-specversion': '1.0', 'ce-id': encoding, 'ce-source': 's', 'ce-type': 't' };
  expect((await post('/events', compress[encoding](Buffer.from('{"a":1}')), encoding, headers)).status).toBe(200);
  expect(door.stream.log.at(-1)!.body).toContain('"metadata":{"a":1}');
});

test.each(contentEncodings)('the limit holds once %s is inflated: exactly it is taken, a byte more is 413', async (encoding) => {
  const { bodyLimitBytes } = testLimits;
  expect((await post('/events', compress[encoding](ofLength(bodyLimitBytes)), encoding)).status).toBe(200);
  const before = door.stream.log.length;
  expect(await post('/events', compress[encoding](ofLength(bodyLimitBytes + 1)), encoding)).toMatchObject({
    status: 413,
    body: { error: { code: 'payload_too_large', details: { limit_bytes: bodyLimitBytes } } },
  });
  expect(door.stream.log).toHaveLength(before);
});

test.each(contentEncodings)('a bomb as %s is refused without being inflated', async (encoding) => {
  await using large = await startTestDoor({ bodyLimitBytes: 1_048_576, batchLimitBytes: 1_048_576, bodiesLimitBytes: 64 * 1_048_576 });
  const bomb = compress[encoding](Buffer.alloc(64 * 1_048_576));
  expect(bomb.length).toBeLessThan(1_048_576);
  const send = () =>
    fetch(`${large.server.address}/events`, {
      method: 'POST',
      body: bomb,
      headers: { 'content-type': 'application/json', 'content-encoding': encoding },
    });
  const before = process.memoryUsage();
  const answers = await Promise.all(Array.from({ length: 20 }, send));
  expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(413));
  const after = process.memoryUsage();
  // Twenty times 64 MiB would be 1.3 GiB; the bodies themselves are well below a megabyte each.
  expect(after.external + after.arrayBuffers - before.external - before.arrayBuffers).toBeLessThan(128 * 1_048_576);
});

test.each(contentEncodings)('a body as %s that is cut off, broken, empty, or goes on is refused', async (encoding) => {
  const whole = compress[encoding](Buffer.from(event({ metadata: { text: 'x'.repeat(500) } })));
  const broken = Buffer.from(whole);
  broken.fill(0xff, 4, 12);
  const before = door.stream.log.length;
  for (const body of [
    whole.subarray(0, -1),
    whole.subarray(0, 10),
    broken,
    Buffer.alloc(0),
    Buffer.from(event()),
    Buffer.concat([whole, Buffer.from('more')]),
  ]) {
    for (const path of ['/events', '/events/batch']) {
      expect(await post(path, body, encoding)).toMatchObject({ status: 400, body: { error: { code: 'invalid_encoding' } } });
    }
  }
  expect(door.stream.log).toHaveLength(before);
});

test.each(['compress', 'gzip, gzip', 'gzip, br', '', '*', 'GZIP;q=1'])(
  "the Content-Encoding '%s' is refused, with those that are taken",
  async (encoding) => {
    const answer = await post('/events', Buffer.from(event()), encoding);
    expect(answer).toMatchObject({
      status: 400,
      body: { error: { code: 'unsupported_content_type', details: { encodings: contentEncodings } } },
    });
  },
);

test('identity and x-gzip are what they always were', async () => {
  expect((await post('/events', Buffer.from(event()), 'identity')).status).toBe(200);
  expect((await post('/events', zlib.gzipSync(event()), 'x-gzip')).status).toBe(200);
});

/** In two parts: of what is there whole from the beginning, zstd would make a window no larger than that. */
const withWindow = async (log: number): Promise<Buffer> => {
  const stream = zlib.createZstdCompress({ params: { [zlib.constants.ZSTD_c_windowLog]: log } });
  stream.write(event().slice(0, 20));
  await new Promise<void>((resolve) => {
    stream.flush(resolve);
  });
  stream.end(event().slice(20));
  return await buffer(stream);
};

test('zstd that asks for a window of more than 8 MiB is refused: each such body would take that much memory', async () => {
  expect((await post('/events', await withWindow(23), 'zstd')).status).toBe(200);
  expect(await post('/events', await withWindow(27), 'zstd')).toMatchObject({ status: 400, body: { error: { code: 'invalid_encoding' } } });
});

/** Nothing is committed until it is told to be. */
const holdCommits = ({ stream }: TestDoor) => {
  const commit = Promise.withResolvers<void>();
  const { append } = stream;
  Object.assign(stream, {
    append: async (...parameters: Parameters<typeof append>) => {
      await commit.promise;
      return await append(...parameters);
    },
  });
  return commit;
};

test('while the queue is full nothing is inflated: 503 at once', async () => {
  await using full = await startTestDoor({ queueLimitBytes: 1024 });
  const commit = holdCommits(full);
  const send = (body: Buffer, headers: Record<string, string>) =>
    fetch(`${full.server.address}/events`, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
  const held = send(ofLength(1000), {});
  await expect.poll(() => full.ingest.queueBytes()).toBeGreaterThan(1024);
  // What is not gzip at all would be 400 if it were looked at.
  const refused = await send(Buffer.from(event()), { 'content-encoding': 'gzip' });
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
  commit.resolve();
  expect((await held).status).toBe(200);
});

test('what bodies inflate to counts with the large bodies until it is answered; small ones are taken beside it', async () => {
  await using small = await startTestDoor({ batchLimitBytes: 1_048_576, bodiesLimitBytes: 200_000 });
  const commit = holdCommits(small);
  const send = (padding: number) =>
    fetch(`${small.server.address}/events/batch`, {
      method: 'POST',
      body: zlib.gzipSync(`[${event()}${' '.repeat(padding)}]`),
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    });
  const held = send(120_000);
  await expect.poll(() => small.stream.attempts.length + small.ingest.queueBytes()).toBeGreaterThan(0);
  const refused = await send(120_000);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
  expect(await refused.json()).toMatchObject({ error: { code: 'overloaded' } });
  const beside = send(5000);
  commit.resolve();
  expect([(await held).status, (await beside).status, (await send(120_000)).status]).toEqual([200, 200, 200]);
});
