// The lanes that are this instance's now: what was read of each, what is done with, what may be checkpointed. Pure: it asks nobody and waits for nothing.
import type { CheckpointResult, LaneCheckpoint, LeasedLane } from './consumer-api.ts';
import type { ConsumedEvent, Page } from './consumed-event.ts';

export type HeldLane = {
  readonly lane: number;
  readonly epoch: number;
  ending: boolean;
  /** As the system has it. */
  saved: number;
  /** All up to here was handed out and is done with. */
  done: number;
  /** All up to here was read. */
  read: number;
  queue: ConsumedEvent[];
  /** The read that is under way: aborted once nothing of its answer would be taken. */
  reading: AbortController | null;
  /** When a read of it was begun last, counted in reads. */
  readTurn: number;
};

export type HeldLanes = {
  readonly lanes: number;
  /** Where the checkpoints stand, as far as is known. */
  saved(): ReadonlyMap<number, number>;
  /**
   * What a join answered: lanes that are not in it, or have another epoch, are given up with what was read of them; so are those whose checkpoint was set back.
   * `asked`: what `saved` was when the join was sent. A checkpoint that moved while the answer was on its way is ahead of it.
   */
  apply(leased: readonly LeasedLane[], asked?: ReadonlyMap<number, number>): void;
  /** Lanes with nothing left to hand out; the one that was read longest ago is first. */
  toRead(): readonly HeldLane[];
  /** A read of it begins, and ends when `endRead` is told of it: until then it is not to be read. */
  beginRead(held: HeldLane): AbortController;
  endRead(held: HeldLane, reading: AbortController): void;
  /** What was read after `after`. Not taken, where the lane has changed hands since, or what was handed out before it is to come again. */
  put(held: HeldLane, after: number, page: Page): void;
  /** Retention has passed what is after `after`: it goes on behind what is gone. The positions that are passed by it. */
  skipTo(held: HeldLane, after: number, position: number): number;
  /** The next event, from each lane in turn; the one before is then done with. */
  next(): ConsumedEvent | null;
  /** The one that was handed out last is done with. */
  finish(): void;
  /** The one that was handed out last was not done with: it will come again. */
  abandon(): void;
  checkpoints(): readonly LaneCheckpoint[];
  /** How many lanes were lost by it. */
  settle(results: readonly CheckpointResult[]): number;
  /** Ending lanes on which nothing is begun and all is checkpointed. */
  toRelease(): readonly number[];
  dropAll(): void;
};

export const createHeldLanes = (): HeldLanes => {
  const lanes = new Map<number, HeldLane>();
  let inHand: { readonly held: HeldLane; readonly position: number } | null = null;
  let turn = 0;
  let reads = 0;

  /** An answer counts for the place that was asked from: taken at another, all in between would be called done with. */
  const standsAt = (held: HeldLane, after: number) => lanes.get(held.lane) === held && !held.ending && held.read === after;
  /** Past what a filter left out, too, once nothing of the page is left. */
  const doneTo = (held: HeldLane) => (held.queue.length === 0 && inHand?.held !== held && !held.ending ? held.read : held.done);

  return {
    get lanes() {
      return lanes.size;
    },
    saved: () => savedOf(lanes),
    apply: (leased, asked = savedOf(lanes)) => apply(lanes, leased, asked),
    toRead: () =>
      [...lanes.values()]
        .filter(({ queue, reading, ending }) => queue.length === 0 && reading === null && !ending)
        .toSorted((left, right) => left.readTurn - right.readTurn),
    beginRead: (held) => {
      held.readTurn = reads += 1;
      return (held.reading = new AbortController());
    },
    endRead: (held, reading) => {
      if (held.reading === reading) held.reading = null;
    },
    put: (held, after, { events, position }) => {
      if (!standsAt(held, after)) return;
      held.queue.push(...events);
      held.read = position;
    },
    skipTo: (held, after, position) => {
      if (!standsAt(held, after)) return 0;
      held.read = position;
      return position - after;
    },
    next: () => {
      const ready = [...lanes.values()].filter(({ queue }) => queue.length > 0);
      const held = ready[turn % Math.max(ready.length, 1)];
      if (held === undefined) return null;
      turn += 1;
      const event = held.queue.shift()!;
      inHand = { held, position: event.position };
      return event;
    },
    finish: () => {
      if (inHand !== null) inHand.held.done = inHand.position;
      inHand = null;
    },
    abandon: () => {
      for (const held of lanes.values()) goBack(held, doneTo(held));
      inHand = null;
    },
    checkpoints: () =>
      [...lanes.values()].flatMap((held) => {
        const to = doneTo(held);
        return to > held.saved ? [{ lane: held.lane, epoch: held.epoch, from: held.saved, to }] : [];
      }),
    settle: (results) => settle(lanes, results),
    toRelease: () =>
      [...lanes.values()].filter((held) => held.ending && inHand?.held !== held && held.done <= held.saved).map(({ lane }) => lane),
    dropAll: () => {
      for (const lane of lanes.keys()) drop(lanes, lane);
    },
  };
};

const savedOf = (lanes: ReadonlyMap<number, HeldLane>): ReadonlyMap<number, number> =>
  new Map([...lanes.values()].map(({ lane, saved }) => [lane, saved]));

const apply = (lanes: Map<number, HeldLane>, leased: readonly LeasedLane[], asked: ReadonlyMap<number, number>): void => {
  for (const lane of lanes.keys()) if (!leased.some((one) => one.lane === lane)) drop(lanes, lane);
  for (const lease of leased) {
    const held = lanes.get(lease.lane);
    if (held?.epoch !== lease.epoch || lease.position < (asked.get(lease.lane) ?? 0)) {
      drop(lanes, lease.lane);
      lanes.set(lease.lane, begun(lease));
    } else if (lease.ending && !held.ending) {
      stopReading(held);
      Object.assign(held, { ending: true, queue: [] });
    }
  }
};

const drop = (lanes: Map<number, HeldLane>, lane: number): void => {
  const held = lanes.get(lane);
  if (held !== undefined) stopReading(held);
  lanes.delete(lane);
};

const goBack = (held: HeldLane, at: number): void => {
  if (held.read !== at) stopReading(held);
  Object.assign(held, { queue: [], read: at, done: at });
};

/** It would wait for as long as the system lets it, in the place of a read that is of use. */
const stopReading = (held: HeldLane): void => {
  held.reading?.abort(new Error('nothing of it would be taken'));
  held.reading = null;
};

const settle = (lanes: Map<number, HeldLane>, results: readonly CheckpointResult[]): number => {
  let lost = 0;
  for (const { lane, outcome, position, epoch } of results) {
    const held = lanes.get(lane);
    if (held === undefined) continue;
    // It was taken again while the checkpoint was on its way: what was refused is the epoch before.
    if (outcome === 'fenced' && epoch === held.epoch) continue;
    if (outcome === 'fenced' || outcome === 'unknown_lane') {
      drop(lanes, lane);
      lost += 1;
    } else if (position !== null) held.saved = position;
  }
  return lost;
};

const begun = ({ lane, epoch, position, ending }: LeasedLane): HeldLane => {
  const places = { saved: position, done: position, read: position };
  return { lane, epoch, ending, ...places, queue: [], reading: null, readTurn: 0 };
};
