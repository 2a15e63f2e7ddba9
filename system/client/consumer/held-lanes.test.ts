import { expect, test } from 'vitest';
import type { ConsumedEvent } from './consumed-event.ts';
import { createHeldLanes } from './held-lanes.ts';

const lease = (lane: number, position = 0, epoch = 1, ending = false) => ({ lane, position, epoch, ending });
const events = (lane: number, from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, n) => ({ lane, position: from + n }) as ConsumedEvent);
const handOut = (held: ReturnType<typeof createHeldLanes>, count: number) =>
  Array.from({ length: count }, () => {
    const event = held.next();
    held.finish();
    return event === null ? null : `${event.lane}:${event.position}`;
  });

test('events are handed out from each lane in turn, and a checkpoint is what is done with, no more', () => {
  const held = createHeldLanes();
  held.apply([lease(0), lease(1)]);
  const [zero, one] = held.toRead();
  held.put(zero!, 0, { events: events(0, 1, 3), position: 3 });
  held.put(one!, 0, { events: events(1, 1, 1), position: 1 });
  expect(handOut(held, 3)).toEqual(['0:1', '1:1', '0:2']);
  expect(held.checkpoints()).toEqual([
    { lane: 0, epoch: 1, from: 0, to: 2 },
    { lane: 1, epoch: 1, from: 0, to: 1 },
  ]);
  held.next();
  expect(held.checkpoints()[0]).toMatchObject({ lane: 0, to: 2 });
  held.finish();
  held.settle([{ lane: 0, outcome: 'moved', position: 3, epoch: 1 }]);
  expect(held.checkpoints()).toEqual([{ lane: 1, epoch: 1, from: 0, to: 1 }]);
});

test('what a filter left out is passed by the checkpoint, once all that came with it is done with', () => {
  const held = createHeldLanes();
  held.apply([lease(0)]);
  held.put(held.toRead()[0]!, 0, { events: events(0, 2, 2), position: 9 });
  held.next();
  expect(held.checkpoints()).toEqual([]);
  held.finish();
  expect(held.checkpoints()).toEqual([{ lane: 0, epoch: 1, from: 0, to: 9 }]);
});

test('a lane with another epoch is begun anew, and what was read of it before is not handed out', () => {
  const held = createHeldLanes();
  held.apply([lease(0)]);
  const [before] = held.toRead();
  held.apply([lease(0, 4, 2)]);
  held.put(before!, 0, { events: events(0, 1, 3), position: 3 });
  expect(held.next()).toBeNull();
  expect(held.toRead()).toMatchObject([{ epoch: 2, read: 4 }]);
});

test('a lane whose checkpoint was set back is begun anew there, unless the answer is from before the checkpoint moved', () => {
  const held = createHeldLanes();
  held.apply([lease(0)]);
  held.put(held.toRead()[0]!, 0, { events: events(0, 1, 5), position: 5 });
  handOut(held, 3);
  const asked = held.saved();
  held.settle([{ lane: 0, outcome: 'moved', position: 3, epoch: 1 }]);
  held.apply([lease(0, 0)], asked);
  expect(handOut(held, 1)).toEqual(['0:4']);
  held.apply([lease(0, 2)], held.saved());
  expect([held.next(), held.toRead()[0]?.read, held.checkpoints()]).toEqual([null, 2, []]);
});

test('a lane that was fenced is given up; one that stands elsewhere goes on from there', () => {
  const held = createHeldLanes();
  held.apply([lease(0), lease(1)]);
  for (const lane of held.toRead()) held.put(lane, 0, { events: events(lane.lane, 1, 2), position: 2 });
  handOut(held, 4);
  const lost = held.settle([
    { lane: 0, outcome: 'fenced', position: 5, epoch: 2 },
    { lane: 1, outcome: 'behind', position: 1, epoch: 1 },
  ]);
  expect([lost, held.lanes, held.checkpoints()]).toEqual([1, 1, [{ lane: 1, epoch: 1, from: 1, to: 2 }]]);
});

test('a lane over its share ends: what is not begun is left, and it is released once what was begun is checkpointed', () => {
  const held = createHeldLanes();
  held.apply([lease(0)]);
  held.put(held.toRead()[0]!, 0, { events: events(0, 1, 3), position: 3 });
  held.next();
  held.apply([lease(0, 0, 1, true)]);
  expect([held.toRelease(), held.toRead()]).toEqual([[], []]);
  held.finish();
  expect([held.next(), held.toRelease(), held.checkpoints()]).toEqual([null, [], [{ lane: 0, epoch: 1, from: 0, to: 1 }]]);
  held.settle([{ lane: 0, outcome: 'moved', position: 1, epoch: 1 }]);
  expect(held.toRelease()).toEqual([0]);
});

test('an event that was handed out and not finished comes again', () => {
  const held = createHeldLanes();
  held.apply([lease(0)]);
  held.put(held.toRead()[0]!, 0, { events: events(0, 1, 3), position: 3 });
  handOut(held, 1);
  held.next();
  held.abandon();
  expect([held.next(), held.toRead()[0]?.read, held.checkpoints()]).toEqual([null, 1, [{ lane: 0, epoch: 1, from: 0, to: 1 }]]);
});

test('what a filter left out is not read again by another iteration, nor a read for a place that it does not go back to waited for', () => {
  const held = createHeldLanes();
  held.apply([lease(0), lease(1)]);
  const [zero, one] = held.toRead();
  held.put(zero!, 0, { events: [], position: 9 });
  held.settle([{ lane: 0, outcome: 'moved', position: 9, epoch: 1 }]);
  held.put(one!, 0, { events: events(1, 1, 1), position: 1 });
  held.next();
  const reads = held.toRead().map((lane) => held.beginRead(lane));
  held.abandon();
  expect(reads.map(({ signal }) => signal.aborted)).toEqual([false, true]);
  expect([held.toRead().map(({ lane, read }) => [lane, read]), held.checkpoints()]).toEqual([[[1, 0]], []]);
  held.endRead(zero!, reads[0]!);
  expect(held.toRead()).toMatchObject([
    { lane: 0, read: 9 },
    { lane: 1, read: 0 },
  ]);
});

test('what was read while an event was in hand is not taken once that is to come again: a checkpoint would pass it', () => {
  const held = createHeldLanes();
  held.apply([lease(0)]);
  held.put(held.toRead()[0]!, 0, { events: events(0, 1, 3), position: 3 });
  handOut(held, 2);
  held.next();
  const [reading] = held.toRead();
  held.abandon();
  held.put(reading!, 3, { events: events(0, 4, 5), position: 9 });
  expect([held.checkpoints(), held.next(), held.toRead()[0]?.read]).toEqual([[{ lane: 0, epoch: 1, from: 0, to: 2 }], null, 2]);
  held.put(reading!, 2, { events: events(0, 3, 5), position: 9 });
  expect(handOut(held, 3)).toEqual(['0:3', '0:4', '0:5']);
});

test('a skip over what is gone does not call done with what is in hand, nor what is to come again', () => {
  const held = createHeldLanes();
  held.apply([lease(0)]);
  held.put(held.toRead()[0]!, 0, { events: events(0, 1, 2), position: 2 });
  handOut(held, 1);
  held.next();
  const [reading] = held.toRead();
  expect([held.skipTo(reading!, 2, 8), held.checkpoints()]).toEqual([6, [{ lane: 0, epoch: 1, from: 0, to: 1 }]]);
  held.abandon();
  expect([held.skipTo(reading!, 8, 9), held.checkpoints()]).toEqual([0, [{ lane: 0, epoch: 1, from: 0, to: 1 }]]);
  held.skipTo(reading!, 1, 8);
  expect(held.checkpoints()).toEqual([{ lane: 0, epoch: 1, from: 0, to: 8 }]);
});

test('a checkpoint that was refused under the epoch before does not take the lane away that was taken again since', () => {
  const held = createHeldLanes();
  held.apply([lease(0, 4, 2)]);
  expect([held.settle([{ lane: 0, outcome: 'fenced', position: 4, epoch: 2 }]), held.lanes]).toEqual([0, 1]);
});
