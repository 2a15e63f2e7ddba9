import { expect, test } from 'vitest';
import type { LogEvent } from '../stream/stream.ts';
import { deliver } from './deliver.ts';
import { keyName, newKeyState } from './key-order.ts';
import { settle } from './settlement.ts';
import { createNeighbours, createTurns } from './turns.ts';

const at = (position: number, objectId: string, tenant = 't'): LogEvent => ({
  tenant,
  systemName: 's',
  objectId,
  lane: 0,
  position,
  id: position,
  eventName: 'e',
  idempotencyKey: null,
  sequence: null,
  eventTime: new Date(0),
  eventTimeSource: 'client',
  receivedAt: new Date(0),
  body: '{}',
  traceparent: null,
});

/** User code that takes ten milliseconds for what begins with `slow`. */
const run = async (events: readonly LogEvent[], { parkedRoom = 5000, hasOthers = false } = {}) => {
  let nowMs = 0;
  const keys = new Map(events.map((event) => [keyName(event), newKeyState(event)]));
  const handle = ({ objectId }: LogEvent) => {
    nowMs += objectId.startsWith('slow') ? 10 : 0;
    return { effect: 'x' };
  };
  const turns = createTurns(
    50,
    () => nowMs,
    () => hasOthers,
  );
  const room = { early: Infinity, parked: parkedRoom };
  const delivered = await deliver({ events, origin: 'log', keys, earlyEvent: () => undefined, handle, room, turns });
  const settlement = settle(delivered.decisions, {
    toPosition: events.length,
    keys,
    policy: { attempts: 3, retryMs: 1 },
    attemptsSoFar: () => 0,
  });
  const positions = (objectId: string) =>
    settlement.applied.filter(({ event }) => event.objectId === objectId).map(({ event }) => event.position);
  return { delivered, settlement, positions, nowMs };
};

const mixed = Array.from({ length: 40 }, (_, index) => at(index + 1, index % 2 === 0 ? 'slow' : 'other'));

test('a key that took its turn is set aside from there on, in order, and the others go on', async () => {
  const { delivered, settlement, positions, nowMs } = await run(mixed);
  expect([delivered.count, nowMs]).toEqual([40, 50]);
  expect(positions('slow')).toEqual([1, 3, 5, 7, 9]);
  expect(positions('other')).toHaveLength(20);
  expect(settlement.parkBehind).toEqual(Array.from({ length: 15 }, (_, index) => 11 + 2 * index));
  // Due at once, with no failure to its name.
  expect(settlement.parkedKeys).toEqual([{ key: { tenant: 't', systemName: 's', objectId: 'slow' }, state: 'retrying', retryAfterMs: 0 }]);
  expect(settlement.parkFailed).toEqual([]);
});

test('with little room in the park it holds the lane up instead', async () => {
  const { settlement, nowMs } = await run(mixed, { parkedRoom: 1000 });
  expect([settlement.parkBehind, settlement.parkedKeys, nowMs]).toEqual([[], [], 200]);
});

const many = Array.from({ length: 40 }, (_, index) => at(index + 1, `slow-${index % 20}`));

test('many keys of one tenant are set aside where others send too, and not where it is alone', async () => {
  expect((await run(many)).settlement.parkBehind).toEqual([]);
  const { settlement } = await run(many, { hasOthers: true });
  expect(settlement.applied).toHaveLength(10);
  expect(settlement.parkBehind).toHaveLength(30);
});

test('a tenant has others where one sent to the lane within the last minute', () => {
  let nowMs = 0;
  const neighbours = createNeighbours(() => nowMs);
  neighbours.met(0, ['a']);
  neighbours.met(1, ['a', 'b']);
  expect([neighbours.hasOthers(0, 'a'), neighbours.hasOthers(0, 'c'), neighbours.hasOthers(1, 'a'), neighbours.hasOthers(2, 'a')]).toEqual([
    false,
    true,
    true,
    false,
  ]);
  nowMs = 61_000;
  neighbours.met(1, ['a']);
  expect(neighbours.hasOthers(1, 'a')).toBe(false);
});
