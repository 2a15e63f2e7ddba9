// A consumer that is written by hand: two loops, one that keeps the leases, one that reads a stream of the lanes that are its own, works, and checkpoints.
import type { ConsumedRecord, GivenEvent } from '../../../consumers/consumed-record.ts';
import type { ConsumerJob } from '../../../consumers/consumer-job.ts';
import type { Clock } from '../../../engine/clock.ts';
import { createHandApi, type HandApi, Unanswered } from './hand-api.ts';
import type { Frame } from './read-frames.ts';

export type ByHand = {
  readonly record: ConsumedRecord;
  readonly clock: Clock;
  readonly stop: AbortSignal;
  /** Called once it has joined. */
  readonly ready: () => void;
};

type Lane = { readonly lane: number; readonly epoch: number; saved: number; done: number; ending: boolean };
type State = ByHand & {
  readonly job: ConsumerJob;
  readonly api: HandApi;
  readonly lanes: Map<number, Lane>;
  /** Ends the stream under way: its lanes are no longer those that it was opened for. */
  changed: AbortController;
};

const pauseMs = 100;

/** Resolves when it was stopped, has checkpointed what is done, and has left. */
export const consumeByHand = async (job: ConsumerJob, byHand: ByHand): Promise<void> => {
  const api = createHandApi(job, byHand.record, byHand.clock);
  const state: State = { ...byHand, job, api, lanes: new Map(), changed: new AbortController() };
  await untilDone(state, () => api.create());
  await untilDone(state, () => join(state));
  byHand.ready();
  await Promise.all([keepLeases(state), work(state)]);
  await once(() => api.leave());
};

/** Again and again, until it goes through or is no longer wanted. */
const untilDone = async ({ clock, stop }: State, step: () => Promise<unknown>): Promise<void> => {
  while (!stop.aborted) {
    try {
      await step();
      return;
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error;
      await clock.sleep(pauseMs, stop);
    }
  }
};

const keepLeases = async (state: State): Promise<void> => {
  while (!state.stop.aborted) {
    await state.clock.sleep(state.job.leaseMs / 3, state.stop);
    if (!state.stop.aborted) await untilDone(state, () => join(state));
  }
};

const join = async (state: State): Promise<void> => {
  const { api, lanes } = state;
  const finished = [...lanes.values()].filter(({ ending, saved, done }) => ending && saved === done);
  const leased = await api.join(finished.map(({ lane }) => lane));
  const before = namesOf(lanes);
  for (const lane of lanes.keys()) if (!leased.some((one) => one.lane === lane)) lanes.delete(lane);
  for (const { lane, epoch, position, ending } of leased) {
    const held = lanes.get(lane);
    if (held?.epoch === epoch) held.ending = ending;
    else lanes.set(lane, { lane, epoch, ending, saved: position, done: position });
  }
  if (namesOf(lanes) !== before) state.changed.abort();
};

const readable = (lanes: ReadonlyMap<number, Lane>): readonly Lane[] => [...lanes.values()].filter(({ ending }) => !ending);
const namesOf = (lanes: ReadonlyMap<number, Lane>): string =>
  readable(lanes)
    .map(({ lane, epoch }) => `${lane}@${epoch}`)
    .join();

const work = async (state: State): Promise<void> => {
  while (!state.stop.aborted) {
    state.changed = new AbortController();
    const own = readable(state.lanes);
    const signal = AbortSignal.any([state.changed.signal, state.stop]);
    if (own.length === 0) {
      await state.clock.sleep(state.job.leaseMs, signal);
      continue;
    }
    try {
      const after = new Map(own.map(({ lane, done }) => [lane, done]));
      for await (const frames of state.api.stream(after, signal)) await handleBatch(state, own, frames);
    } catch (error) {
      // Ended by what changed, by the server, or by the network: it comes again after what is done.
      if (!(error instanceof Unanswered)) throw error;
      if (!signal.aborted) await state.clock.sleep(pauseMs, signal);
    }
  }
};

/** The lanes as they were when the stream was opened: who was stopped in between works on under the old epochs. */
const handleBatch = async (state: State, own: readonly Lane[], frames: readonly Frame[]): Promise<void> => {
  const { record, clock, job, stop } = state;
  for (const { event, data } of frames) {
    if (stop.aborted) break;
    if (event !== 'event') continue;
    const given = JSON.parse(data) as GivenEvent;
    const lane = own.find((one) => one.lane === given.lane);
    if (lane === undefined) throw new Error(`an event of lane ${given.lane} came, which was not asked for`);
    record.given(given, lane.epoch);
    await clock.sleep(job.handleMs);
    record.done(given, lane.epoch);
    lane.done = given.position;
  }
  await checkpoint(state, own);
};

const checkpoint = async (state: State, own: readonly Lane[]): Promise<void> => {
  const due = own.filter(({ done, saved }) => done > saved);
  if (due.length === 0) return;
  const asked = due.map(({ lane, epoch, saved: from, done: to }) => ({ lane, epoch, from, to }));
  await untilAnswered(state, async () => {
    for (const { lane, outcome, position } of await state.api.checkpoint(asked)) {
      const held = due.find((one) => one.lane === lane)!;
      if (outcome === 'moved' || outcome === 'already_there') held.saved = position ?? held.saved;
      // Another has it: what it was done with is the other's to do again.
      else {
        if (state.lanes.get(lane) === held) state.lanes.delete(lane);
        state.changed.abort();
      }
    }
  });
};

const once = (step: () => Promise<void>): Promise<void> =>
  step().catch((error: unknown) => {
    if (!(error instanceof Unanswered)) throw error;
  });

/** Also once it was stopped, but then it is asked for no more than once. */
const untilAnswered = async (state: State, step: () => Promise<void>): Promise<void> => {
  if (!state.stop.aborted) return untilDone(state, step);
  await once(step);
};
