import Fastify from 'fastify';
import { expect, test, vi } from 'vitest';
import { openAccess } from './access-keys.ts';
import { accessOf, guardRoutes } from './guard-routes.ts';
import { keysOf, makeTestKey } from './testing.ts';

const key = makeTestKey('shop', ['read']);

const start = async () => {
  const server = Fastify();
  const keys = await keysOf(key);
  guardRoutes(server, { door: 'query', keys, refuse: (_request, reply, { refused }) => void reply.code(401).send(refused) });
  return server;
};

test('a route that names no scope is not served, by whatever method', async () => {
  const server = await start();
  expect(() => server.get('/forgotten', () => 'all')).toThrow("'GET /forgotten' of query has no scope");
  expect(() => server.delete('/events', () => 'all')).toThrow("'DELETE /events' of query has no scope");
});

test('methods of one route that ask for different scopes need a route each', async () => {
  const server = await start();
  const url = '/recovery/jobs/:job';
  expect(() => server.route({ method: ['GET', 'HEAD'], url, handler: () => 'one' })).not.toThrow();
});

test('a request has the tenant of its key; on an open route it is nobody’s', async () => {
  const server = await start();
  server.get('/events', (request) => accessOf(request).tenant);
  server.get('/health', (request) => accessOf(request).tenant);
  const ask = (url: string) => server.inject({ url, headers: { authorization: `bearer  ${key.text} ` } });
  expect((await ask('/events')).body).toBe('shop');
  expect((await ask('/health')).statusCode).toBe(500);
  expect((await server.inject({ method: 'HEAD', url: '/events' })).statusCode).toBe(401);
});

test('a request whose client left while its key was looked up goes no further, let in or not', async () => {
  const refusal = { refused: 'unauthenticated', message: 'unknown' } as const;
  for (const judged of [openAccess, refusal]) {
    const lookup = Promise.withResolvers<typeof judged>();
    const server = Fastify();
    const refuse = vi.fn<() => void>();
    const served = vi.fn<() => string>(() => 'all');
    const asked = Promise.withResolvers<{ destroy(): unknown }>();
    server.addHook('onRequest', (_request, reply, done) => {
      asked.resolve(reply.raw);
      done();
    });
    guardRoutes(server, { door: 'query', keys: { demand: () => lookup.promise }, refuse });
    server.get('/events', served);
    const answered = server.inject('/events').catch(() => 'left');
    (await asked.promise).destroy();
    lookup.resolve(judged);
    expect(await answered).toBe('left');
    expect([served, refuse].map(({ mock }) => mock.calls.length)).toEqual([0, 0]);
  }
});
