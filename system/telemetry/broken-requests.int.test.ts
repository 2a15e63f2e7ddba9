// Over real sockets: whose answer is still to go out is known by what Node has handed over.
import { once } from 'node:events';
import { connect } from 'node:net';
import Fastify from 'fastify';
import { expect, test, vi } from 'vitest';
import { statusesIn } from '../contract/testing.ts';
import { createBrokenRequests } from './broken-requests.ts';

/** More than the system keeps for a reader who takes nothing. */
const largeBytes = 32 * 1024 * 1024;

const startServer = async () => {
  const said: string[] = [];
  const done: string[] = [];
  const broken = createBrokenRequests((code) => void said.push(code));
  const app = Fastify({ clientErrorHandler: broken.answer });
  broken.watch(app);
  app.get('/large', (_request, reply) => reply.send(Buffer.alloc(largeBytes, 'x')));
  app.post('/orders', (_request, reply) => {
    done.push('order');
    return reply.code(202).send('{}');
  });
  /** What the parser could not read, once it was dealt with. */
  const broke: string[] = [];
  app.server.on('clientError', ({ code }: NodeJS.ErrnoException) => broke.push(String(code)));
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  const connections = () =>
    new Promise<number>((resolve, reject) => void app.server.getConnections((error, count) => (error ? reject(error) : resolve(count))));
  return { port: Number(new URL(address).port), said, done, broke, connections, [Symbol.asyncDispose]: () => app.close() };
};

const large = 'GET /large HTTP/1.1\r\nhost: x\r\n\r\n';
const order = 'POST /orders HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}';

test('an answer that is given and waits behind a large one goes out, whatever stray bytes come behind its request', async () => {
  await using server = await startServer();
  const socket = connect(server.port, '127.0.0.1');
  const closed = once(socket, 'close');
  socket.on('error', () => {});
  socket.pause();
  socket.write(large + order);
  await vi.waitFor(() => expect(server.done).toEqual(['order']), { timeout: 20_000 });
  socket.write('GARBAGE\r\n\r\n');
  await vi.waitFor(() => expect(server.broke).toEqual([expect.stringMatching(/^HPE_/)]), { timeout: 20_000 });
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.resume();
  await closed;
  const answers = Buffer.concat(chunks).toString('latin1');
  expect([statusesIn(answers), server.said]).toEqual([[200, 202], []]);
  expect(answers.endsWith('{}')).toBe(true);
});

test('a reader who leaves while answers wait for it leaves nothing behind', async () => {
  await using server = await startServer();
  const socket = connect(server.port, '127.0.0.1');
  socket.on('error', () => {});
  socket.pause();
  socket.write(large + order);
  await vi.waitFor(() => expect(server.done).toEqual(['order']), { timeout: 20_000 });
  socket.write('GARBAGE\r\n\r\n');
  await vi.waitFor(() => expect(server.broke).toEqual([expect.stringMatching(/^HPE_/)]), { timeout: 20_000 });
  socket.destroy();
  await vi.waitFor(async () => expect(await server.connections()).toBe(0), { timeout: 20_000 });
  expect(server.said).toEqual([]);
});
