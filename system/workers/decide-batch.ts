// What becomes of a batch: the state of its keys and the early events that may follow are loaded, its events are delivered, and what is to be written is made
// of the decisions. Writes nothing itself.
import type { Key, LogEvent } from '../stream/stream.ts';
import type { CallHandler } from './call-handler.ts';
import { deliver, drainKeys, type Delivered } from './deliver.ts';
import { drainable, keyName, newKeyState, type KeyState } from './key-order.ts';
import type { Settlement } from './settlement.ts';
import { settle } from './settlement.ts';
import { createTurns, type Turns } from './turns.ts';
import { drainLimit, type ThreadContext } from './thread-context.ts';
import type { BatchTask, DrainTask } from './thread-protocol.ts';

export type Batch<Effect> = {
  readonly task: BatchTask | DrainTask;
  readonly context: ThreadContext<Effect>;
  readonly events: readonly LogEvent[];
  /** Drain these instead of delivering events. */
  readonly keys?: readonly Key[];
};

export type Decided<Effect> = {
  readonly delivered: Delivered<Effect>;
  readonly settlement: Settlement<Effect>;
  readonly position: number;
  /** What it was decided from. */
  readonly keys: LoadedBatch['keys'];
};

export type LoadedBatch = { readonly keys: ReadonlyMap<string, KeyState>; readonly early: ReadonlyMap<number, LogEvent> };

export const loadBatch = async <Effect>(batch: Batch<Effect>): Promise<LoadedBatch> => {
  const keys = await loadKeyStates(batch);
  return { keys, early: await loadDrainable(batch, keys) };
};

export const decideBatch = async <Effect>(
  { task, context, events, keys: drained }: Batch<Effect>,
  { keys, early, handle }: LoadedBatch & { readonly handle: CallHandler<Effect> },
): Promise<Decided<Effect>> => {
  const rules = context.processor.own;
  const head = task.kind === 'batch' ? task.head : task.position;
  const own = rules === undefined ? {} : { own: { rules, head } };
  const common = { keys, handle, room: task.room, earlyEvent: ({ position }: { position: number }) => early.get(position), ...own };
  const delivered = drained
    ? await drainKeys(common)
    : await deliver({ ...common, ...turnsOf({ task, context, events }), events, origin: 'log' });
  const position = events[delivered.count - 1]?.position ?? task.position;
  const settlement = settle(delivered.decisions, {
    toPosition: drained ? null : position,
    staysCareful: task.carefulUntil !== null && position < task.carefulUntil,
    keys,
    policy: context.policy,
    attemptsSoFar: () => 0,
  });
  return { delivered, settlement, position, keys };
};

/** One event at a time is no batch to share; and what a team's own processor takes its time for is bounded by its own strategy. */
const turnsOf = <Effect>({ task, context, events }: Batch<Effect>): { readonly turns?: Turns } => {
  const { turn } = context;
  if (turn === null || task.carefulUntil !== null || context.processor.own !== undefined) return {};
  const { lane } = task.tenure;
  turn.neighbours.met(lane, new Set(events.map(({ tenant }) => tenant)));
  return { turns: createTurns(turn.ms, turn.nowMs, (tenant) => turn.neighbours.hasOthers(lane, tenant)) };
};

const loadKeyStates = <Effect>({ task, context, events, keys }: Batch<Effect>): Promise<ReadonlyMap<string, KeyState>> => {
  if (keys) return context.store.loadKeys(task.tenure, keys, []);
  const distinct = new Map(events.map((event) => [keyName(event), event]));
  // Without order there is nothing to know of a key.
  if (context.processor.own?.isOrdered === false)
    return Promise.resolve(new Map([...distinct].map(([name, event]) => [name, newKeyState(event)])));
  return context.store.loadKeys(task.tenure, [...distinct.values()], numbersOf(events));
};

const numbersOf = (events: readonly LogEvent[]) => events.map(({ sequence }) => sequence).filter((sequence) => sequence !== null);

const loadDrainable = async <Effect>({ task, context, events }: Batch<Effect>, keys: ReadonlyMap<string, KeyState>) => {
  const withEarly = [...keys].filter(([, state]) => state.early.size > 0 && !state.parked);
  if (withEarly.length === 0) return new Map<number, LogEvent>();
  const arriving = Map.groupBy(events, keyName);
  const wanted = withEarly.flatMap(([name, state]) => drainable(state, numbersOf(arriving.get(name) ?? []), drainLimit));
  const loaded = await context.store.loadEarly(task.tenure, wanted, context.maxBytes);
  return new Map(loaded.map((event) => [event.position, event]));
};
