import { expect, test } from 'vitest';
import { eventJson, type EventRow } from './event-row.ts';

const row = (body: string): EventRow => ({
  id: 7,
  tenant: 'default',
  system_name: 'shop',
  object_id: 'o-1',
  event_name: 'placed',
  body,
  event_time: '2026-01-01T00:00:00.000000Z',
  event_time_source: 'client',
  received_at: '2026-01-01T00:00:00.000000Z',
  idempotency_key: null,
  sequence: null,
  lane: 0,
  position: 1,
  schema_version: null,
  schema_verdict: null,
  applied_at: '2026-01-01T00:00:00.000000Z',
});

const cloudEventOf = (body: string): unknown => (JSON.parse(eventJson(row(body))) as { cloudevent: unknown }).cloudevent;

test('what came as a CloudEvent says so, with what has no field', () => {
  expect(cloudEventOf('{"metadata":{},"cloudevent":{"specversion":"1.0","region":"eu","data_at":"/metadata"}}')).toEqual({
    specversion: '1.0',
    region: 'eu',
    data_at: '/metadata',
  });
});

test('what came otherwise does not, whatever is in its metadata', () => {
  expect(cloudEventOf('{"metadata":{}}')).toBeNull();
  expect(cloudEventOf('{"metadata":{"cloudevent":{"a":1}}}')).toBeNull();
});
