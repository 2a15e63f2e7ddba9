import { Compile } from 'typebox/compile';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { consumerOperations } from './consumers/consumer-operations.ts';
import { routes } from './routes.ts';
import { errorAnswer } from './schemas/answers.ts';
import { type QueryUnderTest, startQueryUnderTest } from './testing.ts';

let query: QueryUnderTest;

beforeAll(async () => {
  query = await startQueryUnderTest();
  await query.insertEvent({ id: 1 });
  const payload = '{"start":"earliest"}';
  await query.app.inject({ method: 'PUT', url: '/consumers/reader', payload, headers: { 'content-type': 'application/json' } });
});

afterAll(() => query[Symbol.asyncDispose]());

const hostile = [
  '',
  ' ',
  '0',
  '-1',
  '1.5',
  'NaN',
  'Infinity',
  '1e3',
  '0x10',
  '9007199254740993',
  '99999999999999999999999999',
  'null',
  'true',
  '[]',
  '{}',
  "' or '1'='1",
  "'; drop table events; --",
  '$1',
  '%00',
  'a%00b',
  '%ff%fe',
  '%ED%A0%80',
  '%',
  '%zz',
  '\u{1F9E8}'.repeat(50),
  'x'.repeat(5000),
  '../../etc/passwd',
  '%2e%2e%2f',
  '2026-02-30T00:00:00Z',
  '0000-00-00T00:00:00Z',
  '294277-01-01T00:00:00Z',
  'infinity',
  'now()',
  Buffer.from('[1,"x",-1]').toString('base64url'),
  Buffer.from('{"a":1}').toString('base64url'),
];

const requests: readonly (readonly [route: string, requests: readonly string[]])[] = routes.map(({ url, path, query: parameters }) => {
  const filled = (value: string) => url.replaceAll(/:\w+/g, value);
  const ofQuery = [...Object.keys(parameters.properties), 'unknown', '__proto__', 'constructor'].flatMap((name) =>
    hostile.flatMap((value) => [`${filled('1')}?${name}=${value}`, `${filled('1')}?${name}=${value}&${name}=1`]),
  );
  const ofPath = Object.keys(path.properties).length === 0 ? [] : hostile.map(filled);
  return [url, [...ofQuery, ...ofPath]];
});

/** Of the routes by which consumers read: what a stream takes is left out, for it would not end. */
const reads = [
  ...Object.keys(consumerOperations.read.query.properties).map(
    (name) => `/consumers/reader/events?${name === 'lane' ? '' : 'lane=0&'}wait_ms=0&${name}=`,
  ),
  ...['after', 'heartbeat_ms', 'unknown', '__proto__'].map((name) => `/consumers/reader/stream?${name}=`),
].flatMap((begin) => hostile.map((value) => `${begin}${value}`));

describe('hostile input', () => {
  it.each([...requests, ['reads of a consumer', reads] as const])(
    'for %s is never answered by 5xx, and what is refused has a stable code',
    async (_route, all) => {
      const isError = Compile(errorAnswer);
      const wrong: string[] = [];
      expect(all.length).toBeGreaterThan(20);
      for (const request of all) {
        const { statusCode, body } = await query.app.inject({ method: 'GET', url: encodeURI(request).replaceAll('%25', '%') });
        const expected = statusCode === 200 || ([400, 404].includes(statusCode) && isError.Check(JSON.parse(body)));
        if (!expected) wrong.push(`${statusCode} ${request.slice(0, 100)}: ${body.slice(0, 200)}`);
      }
      expect(wrong.slice(0, 10)).toEqual([]);
      expect(query.lines).toEqual([]);
    },
  );

  it.each([
    ['POST', '/events', 405, 'method_not_allowed'],
    ['DELETE', '/events/1', 405, 'method_not_allowed'],
    ['PUT', '/status', 405, 'method_not_allowed'],
    ['GET', '/nothing', 404, 'not_found'],
    ['POST', '/nothing', 404, 'not_found'],
    ['GET', '/timelines/shop', 404, 'not_found'],
    ['GET', '/status?verbose=1', 400, 'invalid_query'],
  ] as const)('%s %s is %i %s', async (method, url, status, code) => {
    const response = await query.app.inject({
      method,
      url,
      payload: method === 'GET' ? '' : '{"a":1}',
      headers: { 'content-type': 'application/json' },
    });
    expect([response.statusCode, response.json().error.code]).toEqual([status, code]);
  });

  it('in the request line gets an answer of the same shape from a real socket', async () => {
    const address = await query.app.listen({ host: '127.0.0.1', port: 0 });
    const response = await fetch(`${address}/events?object_id=${'x'.repeat(20_000)}`);
    expect(response.status).toBe(431);
    expect(Compile(errorAnswer).Check(await response.json())).toBe(true);
  });
});
