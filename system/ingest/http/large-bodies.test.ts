import { EventEmitter } from 'node:events';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { expect, test, vi } from 'vitest';
import { openAccess } from '../../access/access-keys.ts';
import { noIngestTelemetry } from '../telemetry.ts';
import { createLargeBodies } from './large-bodies.ts';

const start = () =>
  createLargeBodies({ telemetry: noIngestTelemetry, bodiesLimitBytes: 20_000, isShared: () => false, isStopping: () => false });

const requestOf = (bytes: number) =>
  ({ headers: { 'content-length': String(bytes) }, routeOptions: { bodyLimit: 1e6 }, access: openAccess }) as unknown as FastifyRequest;

const claim = (bodies: ReturnType<typeof start>, request: FastifyRequest, destroyed = false) => {
  const raw = Object.assign(new EventEmitter(), { destroyed });
  const refused = vi.fn<() => FastifyReply>(() => reply);
  const reply: FastifyReply = { raw, code: refused, header: () => reply, send: () => reply } as unknown as FastifyReply;
  bodies.claim(request, reply, () => {});
  return { leave: () => raw.emit('close'), isRefused: () => refused.mock.calls.length > 0 };
};

test('a client that has left already leaves nothing held', () => {
  const bodies = start();
  for (let n = 0; n < 3; n += 1) expect(claim(bodies, requestOf(15_000), true).isRefused()).toBe(false);
});

test('room is kept until the client has its answer, or has left, and nothing works on its body', () => {
  const bodies = start();
  const request = requestOf(12_000);
  const { leave } = claim(bodies, request);
  const work = bodies.work(request);
  expect([work.cover(12_000), work.cover(20_001), work.cover(18_000)]).toEqual([true, true, true]);
  leave();
  expect(claim(bodies, requestOf(12_000)).isRefused()).toBe(true);
  work[Symbol.dispose]();
  expect(claim(bodies, requestOf(12_000)).isRefused()).toBe(false);
});

test('what a small body grows to finds room, or is told that there is none', () => {
  const bodies = start();
  const { leave } = claim(bodies, requestOf(15_000));
  using small = bodies.work(requestOf(100));
  expect([small.cover(5000), small.cover(5001)]).toEqual([true, false]);
  leave();
  expect(small.cover(20_000)).toBe(true);
});
