import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deliver, drainKeys, type Decision, type Handled } from './deliver.ts';
import { describeFailure } from './failure.ts';
import { drainable, judge, keyName, newKeyState, skipGap, type KeyState } from './key-order.ts';
import type { LogEvent } from '../stream/stream.ts';

const key = { tenant: 't', systemName: 's', objectId: 'o' };
const at = (position: number, sequence: number | null, objectId = 'o'): LogEvent => ({
  ...key,
  objectId,
  lane: 0,
  position,
  id: position,
  eventName: `e${sequence ?? position}`,
  idempotencyKey: null,
  sequence,
  eventTime: new Date(0),
  eventTimeSource: 'client',
  receivedAt: new Date(0),
  body: '{}',
  traceparent: null,
});
const fine = (): Handled<string> => ({ effect: 'x' });
const endless = { early: Infinity, parked: Infinity };

/** A lane in memory: what the store would keep between batches. */
const createLane = (handle: (event: LogEvent) => Handled<string> = fine) => {
  const log = new Map<number, LogEvent>();
  const keys = new Map<string, KeyState>();
  const decisions: Decision<string>[] = [];
  return {
    keys,
    decisions,
    run: async (events: readonly LogEvent[], room = endless) => {
      for (const event of events) {
        log.set(event.position, event);
        if (!keys.has(keyName(event))) keys.set(keyName(event), newKeyState(event));
      }
      const done = await deliver({ events, origin: 'log', keys, earlyEvent: ({ position }) => log.get(position), handle, room });
      decisions.push(...done.decisions);
      return done;
    },
    applied: (objectId = 'o') =>
      decisions
        .filter((one) => one.kind === 'applied' && one.event.objectId === objectId)
        .map(({ event }) => event.sequence ?? event.position),
  };
};

describe('the order of a key', () => {
  test('is the sequence, whatever the order of arrival and however it is cut into batches', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 40 }).chain((count) =>
          fc.tuple(
            fc.shuffledSubarray(
              Array.from({ length: count }, (_, index) => index + 1),
              { minLength: count },
            ),
            fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 9 }),
          ),
        ),
        async ([order, cuts]) => {
          const lane = createLane();
          let position = 0;
          const events = order.map((sequence) => at((position += 1), sequence));
          for (let from = 0, cut = 0; from < events.length; cut += 1) {
            const size = cuts[cut % cuts.length]!;
            await lane.run(events.slice(from, from + size));
            from += size;
          }
          expect(lane.applied()).toEqual(order.toSorted((a, b) => a - b));
          expect(lane.keys.get(keyName(key))!.early.size).toBe(0);
        },
      ),
    );
  });

  test('holds back everything after a number that never comes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 20 }), fc.integer({ min: 1, max: 20 }), async (count, missing) => {
        const lane = createLane();
        const order = Array.from({ length: count }, (_, index) => index + 1).filter((number) => number !== missing);
        await lane.run(order.toReversed().map((sequence, index) => at(index + 1, sequence)));
        expect(lane.applied()).toEqual(order.filter((number) => number < missing));
        expect(lane.keys.get(keyName(key))!.early.size).toBe(order.filter((number) => number > missing).length);
      }),
    );
  });

  test('is the position for a key without sequence, and keys do not wait for each other', async () => {
    const lane = createLane(({ objectId }) =>
      objectId === 'bad' ? { failure: describeFailure('handler_threw', new Error('no')) } : fine(),
    );
    await lane.run([at(1, null), at(2, null, 'bad'), at(3, null, 'bad'), at(4, null), at(5, 1, 'other')]);
    expect(lane.decisions.map(({ kind }) => kind)).toEqual(['applied', 'failed', 'behind', 'applied', 'applied']);
  });

  test('refuses a number used twice: of one applied, of one that waits, and of one that is due and waits', async () => {
    const lane = createLane();
    await lane.run([at(1, 1), at(2, 1)]);
    expect(lane.decisions.at(-1)).toMatchObject({ kind: 'failed', failure: { code: 'sequence_conflict' } });
    const waiting = createLane();
    await waiting.run([at(1, 3), at(2, 3)]);
    expect(waiting.decisions.at(-1)).toMatchObject({ kind: 'failed', failure: { code: 'sequence_conflict' } });
    const due = { ...newKeyState(key), sequenced: true, next: 3, early: new Map([[3, { position: 1, id: 1 }]]) };
    expect(judge(due, at(2, 3))).toMatchObject({ kind: 'refused' });
  });

  test('refuses a mix of sequenced and not, by the first event of the key', async () => {
    for (const [first, second] of [
      [1, null],
      [null, 1],
    ]) {
      const lane = createLane();
      await lane.run([at(1, first!), at(2, second!)]);
      expect(lane.decisions.at(-1)).toMatchObject({ kind: 'failed', failure: { code: 'sequence_mixed' } });
    }
  });

  test('parks an early event whose own turn fails, and leaves those after it early', async () => {
    const lane = createLane(({ sequence }) => (sequence === 2 ? { failure: describeFailure('handler_threw', new Error('no')) } : fine()));
    await lane.run([at(1, 3), at(2, 2), at(3, 1), at(4, 4)]);
    expect(lane.decisions.map(({ kind, origin, event }) => [kind, origin, event.sequence])).toEqual([
      ['early', 'log', 3],
      ['early', 'log', 2],
      ['applied', 'log', 1],
      ['failed', 'early', 2],
      ['behind', 'log', 4],
    ]);
    const state = lane.keys.get(keyName(key))!;
    expect([state.parked, state.next, [...state.early.keys()]]).toEqual([true, 2, [3]]);
  });

  test('says to come again where a due early event was not loaded', async () => {
    const state = { ...newKeyState(key), sequenced: true, next: 1, early: new Map([[2, { position: 9, id: 9 }]]), knownTo: 2 };
    const keys = new Map([[keyName(key), state]]);
    const run = { keys, handle: fine, room: endless };
    const cut = await deliver({ ...run, events: [at(10, 1)], origin: 'log', earlyEvent: () => undefined });
    expect(cut).toMatchObject({ moreDue: true, count: 1 });
    const drained = await drainKeys({ ...run, earlyEvent: () => at(9, 2) });
    expect(drained.decisions).toMatchObject([{ kind: 'applied', origin: 'early' }]);
    // There may be more than were asked for.
    expect(drained.moreDue).toBe(true);
  });

  test('skips an open gap, once, and then takes what comes late for skipped', () => {
    const state = { ...newKeyState(key), sequenced: true, next: 2, early: new Map([[5, { position: 1, id: 1 }]]) };
    expect(skipGap(state)).toEqual({ from: 2, to: 4 });
    expect(state.next).toBe(5);
    expect(skipGap(state)).toBeNull();
    expect(judge({ ...state, gaps: [{ from: 2, to: 4 }], next: 6, early: new Map() }, at(9, 3))).toEqual({ kind: 'skipped' });
    expect(judge({ ...state, gaps: [{ from: 2, to: 4 }], next: 6, early: new Map() }, at(9, 1))).toMatchObject({ kind: 'refused' });
  });

  test('loads early events that may follow, in order and no more than asked for', () => {
    const early = new Map([2, 3, 5, 7].map((number) => [number, { position: number, id: number }]));
    const state = { ...newKeyState(key), sequenced: true, next: 1, early };
    expect(drainable(state, [1, 4], 10).map(({ id }) => id)).toEqual([2, 3, 5]);
    expect(drainable(state, [1, 4], 2).map(({ id }) => id)).toEqual([2, 3]);
    expect(drainable(state, [], 10)).toEqual([]);
  });
});

describe('a bound', () => {
  test('of early events cuts the batch before the event that is one too many', async () => {
    const done = await createLane().run([at(1, 2), at(2, 3), at(3, 4)], { early: 2, parked: 100 });
    expect(done).toMatchObject({ count: 2, cut: 'early_full' });
  });

  test('of the park cuts the batch while a failure and a drained one still fit', async () => {
    const failing = () => ({ failure: describeFailure('handler_threw', new Error('no')) });
    const done = await createLane(failing).run([at(1, null), at(2, null), at(3, null), at(4, null)], { early: 9, parked: 4 });
    expect(done).toMatchObject({ count: 3, cut: 'park_full' });
  });
});
