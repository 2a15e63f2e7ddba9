// Readers who leave before they were given anything: what was begun for them ends, and is nobody's defect.
import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { openSocket } from './consumers/testing.ts';
import { type QueryUnderTest, startQueryUnderTest } from './testing.ts';

let query: QueryUnderTest;
let address: string;
/** Of each request, as it came. */
const responses: ServerResponse[] = [];

beforeAll(async () => {
  query = await startQueryUnderTest({ bounds: { mostReaders: 1 } });
  query.app.addHook('onRequest', (_request, reply, done) => {
    responses.push(reply.raw);
    done();
  });
  address = await query.app.listen({ host: '127.0.0.1', port: 0 });
  const payload = JSON.stringify({ start: 'earliest' });
  await query.app.inject({ method: 'PUT', url: '/consumers/c', payload, headers: { 'content-type': 'application/json' } });
});

afterAll(() => query[Symbol.asyncDispose]());

/** The response of a request that was begun, and whose reader has left since. */
const leave = async (path: string, until: (response: ServerResponse) => Promise<void> = () => Promise.resolve()) => {
  const before = responses.length;
  const socket = await openSocket(address, path);
  await vi.waitFor(() => expect(responses.length).toBe(before + 1), { timeout: 20_000 });
  const response = responses[before]!;
  await until(response);
  socket.destroy();
  await vi.waitFor(() => expect(response.destroyed).toBe(true), { timeout: 20_000 });
  return response;
};

const errors = () => query.lines.map((line) => JSON.parse(line)).filter(({ severity_text: severity }) => severity === 'ERROR');

const poll = '/consumers/c/events?lane=0&wait_ms=0';
const counts = '/counts?format=ndjson';

it.each([
  ['a stream', '/consumers/c/stream', 'lanes', poll],
  ['an export', counts, 'minute_counts', counts],
])('%s whose reader left while the database was asked writes nothing, and its place is free', async (_what, path, table, another) => {
  const client = await query.pool.connect();
  await client.query(`begin; lock table ${table} in access exclusive mode`);
  const response = await leave(path);
  const [head, write] = [vi.spyOn(response, 'writeHead'), vi.spyOn(response, 'write')];
  await client.query('rollback');
  client.release();
  await vi.waitFor(() => expect(head).toHaveBeenCalled(), { timeout: 20_000 });
  expect(write).not.toHaveBeenCalled();
  for (let n = 0; n < 3; n += 1) expect((await fetch(`${address}${another}`)).status).toBe(200);
  expect(errors()).toEqual([]);
});

it('a long poll whose reader left is over, and no defect', async () => {
  const sent = vi.spyOn(query.readPool, 'query');
  const response = await leave('/consumers/c/events?lane=0&wait_ms=20000', () =>
    vi.waitFor(() => expect(sent).toHaveBeenCalled(), { timeout: 20_000 }),
  );
  const end = vi.spyOn(response, 'end');
  // It waits where that one waited, and looks as it did: by then that one has ended.
  expect((await fetch(`${address}/consumers/c/events?lane=0&wait_ms=500`)).status).toBe(200);
  expect(errors()).toEqual([]);
  expect(end).not.toHaveBeenCalled();
});
