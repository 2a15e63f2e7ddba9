import Fastify from 'fastify';
import { expect, test } from 'vitest';
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
