// What is refused below the framework, on the bare connection, is counted as every refusal is: once, under the code that was said.
import { expect, test } from 'vitest';
import { noIngestTelemetry, type RequestMeasure } from '../telemetry.ts';
import { sendRaw, startTestDoor } from './testing.ts';

const openDoor = async () => {
  const refused: (readonly [code: string, tenant: string | null])[] = [];
  const ends: RequestMeasure[] = [];
  const telemetry = {
    ...noIngestTelemetry,
    refused: (code: string, tenant: string | null = null) => void refused.push([code, tenant]),
    requestEnded: (measure: RequestMeasure) => void ends.push(measure),
  };
  return { refused, ends, door: await startTestDoor({ telemetry, headersTimeoutMs: 300, requestTimeoutMs: 600 }) };
};

const post = 'POST /events HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n';

test.each([
  ['headers beyond 16 KiB', `${post}x: ${'y'.repeat(20_480)}\r\n\r\n`, '431', 'headers_too_large'],
  ['headers that never end', post, '408', 'request_timeout'],
  ['what is no HTTP', 'hello\r\n\r\n', '400', 'invalid_request'],
])('%s: counted once, as nobody’s', async (_what, text, status, code) => {
  const { door, refused, ends } = await openDoor();
  await using _door = door;
  expect(await sendRaw(door.server.address, text)).toContain(`HTTP/1.1 ${status} `);
  expect(refused).toEqual([[code, null]]);
  expect(ends).toEqual([]);
});

test.each([
  ['a body that never ends', 'content-length: 100\r\n\r\n{', 408, 'request_timeout'],
  ['a body in chunks that are none', 'transfer-encoding: chunked\r\n\r\nzz\r\n', 400, 'invalid_request'],
])('%s: counted once, as its tenant’s, and measured by the status that was said', async (_what, rest, status, code) => {
  const { door, refused, ends } = await openDoor();
  await using _door = door;
  expect(await sendRaw(door.server.address, post + rest)).toContain(`HTTP/1.1 ${status} `);
  await expect.poll(() => ends.map((end) => [end.status, end.error])).toEqual([[status, null]]);
  expect(refused).toEqual([[code, 'default']]);
});

test('a connection that says nothing is closed with 408, and no event was refused', async () => {
  const { door, refused } = await openDoor();
  await using _door = door;
  expect(await sendRaw(door.server.address, '')).toContain('HTTP/1.1 408 ');
  expect(refused).toEqual([]);
});
