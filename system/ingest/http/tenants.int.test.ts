// Quotas and shares of tenants, as producers meet them at the door.
import { request } from 'undici';
import { expect, test } from 'vitest';
import { keysOf, makeTestKey } from '../../access/testing.ts';
import type { TenantQuotas } from '../../access/access-table.ts';
import { createQuotas } from '../tenants/quotas.ts';
import { startTestDoor } from './testing.ts';

const noisy = makeTestKey('noisy', ['ingest']);
const quiet = makeTestKey('quiet', ['ingest']);
const event = { system_name: 's', object_id: 'o', event_name: 'n', event_time: '2026-01-01T00:00:00Z', metadata: {} };

const start = async (quotas: Partial<TenantQuotas>, stored = 0) => {
  const clock = { nowMs: 0 };
  const tenants = new Map([['noisy', { eventsPerSecond: null, bytesPerSecond: null, storageBytes: null, ...quotas }]]);
  const door = await startTestDoor({
    keys: await keysOf(noisy, quiet),
    quotas: createQuotas({ tenants: () => tenants, storedBytes: () => stored, storedAgainMs: () => 4200, nowMs: () => clock.nowMs }),
  });
  const send = async (key: string, path: string, body: unknown) => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const answer = await request(`${door.server.address}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    return { status: answer.statusCode, retryAfter: answer.headers['retry-after'], body: (await answer.body.json()) as Answer };
  };
  return { door, clock, send, [Symbol.asyncDispose]: () => door[Symbol.asyncDispose]() };
};

type Item = { readonly status: number; readonly error?: { readonly code: string; readonly details?: Record<string, unknown> } };
type Answer = { readonly error?: Item['error']; readonly results?: readonly Item[] };

test('past its rate a tenant gets 429 with a Retry-After that is true, and another tenant nothing of it', async () => {
  await using at = await start({ eventsPerSecond: 2 });
  for (const status of [200, 200]) expect((await at.send(noisy.text, '/events', event)).status).toBe(status);
  const refused = await at.send(noisy.text, '/events', event);
  expect([refused.status, refused.retryAfter, refused.body.error?.code]).toEqual([429, '1', 'quota_exceeded']);
  expect((await at.send(quiet.text, '/events', event)).status).toBe(200);
  at.clock.nowMs += Number(refused.retryAfter) * 1000;
  expect((await at.send(noisy.text, '/events', event)).status).toBe(200);
  expect(at.door.stream.log.map(({ tenant }) => tenant)).toEqual(['noisy', 'noisy', 'quiet', 'noisy']);
});

test('of a batch what is over the quota is refused item by item; the whole only where all is', async () => {
  await using at = await start({ eventsPerSecond: 3 });
  const batch = Array.from({ length: 5 }, () => event);
  const { status, body } = await at.send(noisy.text, '/events/batch', batch);
  expect([status, body.results?.map((item) => item.status)]).toEqual([200, [200, 200, 200, 429, 429]]);
  expect(body.results?.[4]?.error).toMatchObject({
    code: 'quota_exceeded',
    details: { retry_after_seconds: 1, quota: 'events_per_second' },
  });
  const whole = await at.send(noisy.text, '/events/batch', batch);
  expect([whole.status, whole.retryAfter, whole.body.error?.code]).toEqual([429, '1', 'quota_exceeded']);
  expect(at.door.stream.log).toHaveLength(3);
});

test('bytes count as well, also of what is refused for other reasons', async () => {
  await using at = await start({ bytesPerSecond: 100 });
  expect((await at.send(noisy.text, '/events', { wrong: 'x'.repeat(500) })).status).toBe(400);
  const refused = await at.send(noisy.text, '/events', event);
  expect([refused.status, Number(refused.retryAfter)]).toEqual([429, 5]);
});

test('a tenant whose log is full is told when that is looked at again', async () => {
  await using at = await start({ storageBytes: 1000 }, 1000);
  const refused = await at.send(noisy.text, '/events', event);
  expect([refused.status, refused.retryAfter, refused.body.error?.code]).toEqual([429, '5', 'storage_quota_exceeded']);
});
