// The client on the platform's own fetch and timers: what sockets do, and what becomes of it.
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { expect, test } from 'vitest';
import type { EventBody } from '../contract/event.ts';
import { createProducer } from './create-producer.ts';
import { isProducerError, type ProducerError } from './producer-error.ts';
import type { ProducerOptions } from './producer-options.ts';

const event: EventBody = {
  system_name: 'shop',
  object_id: 'o',
  event_name: 'e',
  event_time: '2026-01-01T00:00:00Z',
  metadata: {},
  id: 'one',
};

const listen = async (handle: RequestListener) => {
  const server = createServer(handle).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
};

const soon = { retryBackoffMs: 10, retryBackoffMaxMs: 20 };

const failureOf = async (url: string, times: Partial<ProducerOptions> = soon): Promise<ProducerError> => {
  await using producer = createProducer({ url, requestTimeoutMs: 200, deliveryTimeoutMs: 400, ...times });
  const error: unknown = await producer.send(event).catch((thrown: unknown) => thrown);
  if (!isProducerError(error)) throw new Error('The event was accepted, or another error came.', { cause: error });
  return error;
};

test('nobody listens: nothing was sent', async () => {
  const { url, ...server } = await listen(() => {});
  await server[Symbol.asyncDispose]();
  // The time is over while it waits to try again: an attempt that was on its way then would be in doubt.
  const times = { retryBackoffMs: 60_000, retryBackoffMaxMs: 60_000, requestTimeoutMs: 2000, deliveryTimeoutMs: 2000 };
  expect(await failureOf(url, times)).toMatchObject({
    code: 'FL_CLIENT_TIMED_OUT',
    outcome: 'definite',
    cause: { code: 'FL_CLIENT_UNREACHABLE' },
  });
});

test('a connection that is cut once the request was read leaves it in doubt', async () => {
  await using server = await listen((request) => void request.resume().once('end', () => request.socket.destroy()));
  const error = await failureOf(server.url);
  expect(error).toMatchObject({ code: 'FL_CLIENT_TIMED_OUT', outcome: 'indefinite', cause: { code: 'FL_CLIENT_NO_ANSWER' } });
  expect(error.attempts).toBeGreaterThan(1);
});

test('an answer that does not come, or does not end, is not waited for', async () => {
  await using silent = await listen(() => {});
  expect(await failureOf(silent.url)).toMatchObject({ outcome: 'indefinite', cause: { code: 'FL_CLIENT_NO_ANSWER' } });
  await using endless = await listen((_request, response) => void response.writeHead(200).write('{"results":['));
  expect(await failureOf(endless.url)).toMatchObject({ outcome: 'indefinite', cause: { code: 'FL_CLIENT_NO_ANSWER' } });
});

test('a redirect is not followed', async () => {
  let isFollowed = false;
  await using other = await listen(() => void (isFollowed = true));
  await using server = await listen((_request, response) => void response.writeHead(307, { location: `${other.url}/events/batch` }).end());
  // It ends by itself.
  const times = { requestTimeoutMs: 20_000, deliveryTimeoutMs: 20_000 };
  expect(await failureOf(server.url, times)).toMatchObject({
    code: 'FL_CLIENT_WRONG_ADDRESS',
    outcome: 'definite',
    status: 307,
    attempts: 1,
  });
  expect(isFollowed).toBe(false);
});

test('what is sent can be read as it was, and an aborted producer closes at once', async () => {
  const bodies: string[] = [];
  await using server = await listen((request) => {
    request.setEncoding('utf8').on('data', (chunk: string) => bodies.push(chunk));
  });
  const abort = new AbortController();
  const producer = createProducer({ url: server.url, signal: abort.signal, lingerMs: 0 });
  const text = 'Grüße, 世界 🚢 \u2028 "\\';
  const answer = producer.send({ ...event, metadata: { text } }).catch((error: unknown) => error);
  await expect.poll(() => bodies.length, { timeout: 10_000 }).toBe(1);
  abort.abort();
  expect(await answer).toMatchObject({ code: 'FL_CLIENT_CLOSED', outcome: 'indefinite', attempts: 1 });
  expect(JSON.parse(bodies[0]!)).toEqual({ ...event, metadata: { text } });
  expect(() => createProducer({ url: 'nowhere' })).toThrow(/url is 'nowhere'/);
});
