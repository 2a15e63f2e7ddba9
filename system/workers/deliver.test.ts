import { expect, test } from 'vitest';
import type { LogEvent } from '../stream/stream.ts';
import { deliver } from './deliver.ts';
import { keyName, newKeyState } from './key-order.ts';
import type { OwnRules } from './own-rules.ts';

const event = (position: number, more: Partial<LogEvent> = {}): LogEvent => ({
  lane: 0,
  position,
  id: position,
  tenant: 't',
  systemName: 's',
  objectId: 'k',
  eventName: 'e',
  idempotencyKey: null,
  sequence: null,
  eventTime: new Date(0),
  eventTimeSource: 'client',
  receivedAt: new Date(0),
  body: '{}',
  traceparent: null,
  ...more,
});

const rules: OwnRules = {
  use: () => {},
  isEnough: () => false,
  begin: () => {},
  isOrdered: true,
  takesNumbers: true,
  policy: { attempts: 3, retryMs: 1 },
  action: 'stop',
  isShed: () => false,
};

const failing = async (origin: 'log' | 'park') => {
  const events = [event(1), event(2)];
  const failure = { code: 'handler_threw', message: 'no', errorType: null } as const;
  const keys = new Map([[keyName(events[0]!), newKeyState(events[0]!)]]);
  const room = { early: 10, parked: 10 };
  return deliver({ events, origin, keys, room, earlyEvent: () => undefined, handle: () => ({ failure }), own: { rules, head: 2 } });
};

test('a lane that stops stands still before what fails in it, and before nothing that is in the park already', async () => {
  expect(await failing('log')).toMatchObject({ decisions: [], count: 0, cut: 'stopped', stoppedBy: { event: { position: 1 } } });
  expect(await failing('park')).toMatchObject({
    decisions: [{ kind: 'failed', event: { position: 1 }, origin: 'park' }],
    cut: 'failed_again',
    stoppedBy: null,
  });
});

test('without numbers an event is due whatever is known of its key, unless it waits behind a failure', async () => {
  const events = [event(1, { sequence: 9 }), event(2), event(3, { objectId: 'parked', sequence: 1 })];
  const keys = new Map([
    [keyName(events[0]!), { ...newKeyState(events[0]!), sequenced: true, next: 2 }],
    [keyName(events[2]!), { ...newKeyState(events[2]!), parked: true }],
  ]);
  const own = { rules: { ...rules, takesNumbers: false }, head: 3 };
  const room = { early: 10, parked: 10 };
  const { decisions } = await deliver({
    events,
    origin: 'log',
    keys,
    room,
    earlyEvent: () => undefined,
    handle: () => ({ effect: 1 }),
    own,
  });
  expect(decisions.map(({ kind }) => kind)).toEqual(['applied', 'applied', 'behind']);
});

test('a number that another event has is not passed by the one that is skipped for it: what waits with it, and what comes before it, keeps its place', async () => {
  const copy = event(4, { sequence: 5 });
  const state = { ...newKeyState(copy), sequenced: true, next: 3, early: new Map([[5, { position: 1, id: 1 }]]) };
  const { decisions } = await deliver({
    events: [copy],
    origin: 'log',
    keys: new Map([[keyName(copy), state]]),
    room: { early: 10, parked: 10 },
    earlyEvent: () => undefined,
    handle: () => ({ effect: 1 }),
    own: { rules: { ...rules, action: 'skip' }, head: 4 },
  });
  expect(decisions).toMatchObject([{ kind: 'skipped', failure: { code: 'sequence_conflict' } }]);
  expect(state.next).toBe(3);
});
