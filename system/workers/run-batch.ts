// One batch of a lane in a handler thread: read, decide, write, all in the order of positions.
import type { Key, LogEvent } from '../stream/stream.ts';
import { createCallHandler, Fenced, type CallHandler } from './call-handler.ts';
import { createCarefulHandler } from './careful-handler.ts';
import { deliver, drainKeys, type Delivered } from './deliver.ts';
import { classifyError } from './error-class.ts';
import type { Failure } from './failure.ts';
import { drainable, keyName, type KeyState } from './key-order.ts';
import { fencedReport, idleReport, makeReport } from './report.ts';
import { settle, type Settlement } from './settlement.ts';
import { createTurns, type Turns } from './turns.ts';
import { drainLimit, type ThreadContext } from './thread-context.ts';
import type { BatchTask, DrainTask, Report } from './thread-protocol.ts';

export const runBatch = async <Effect>(task: BatchTask, context: ThreadContext<Effect>): Promise<Report> => {
  const startedAtMs = context.nowMs();
  const limit = task.carefulUntil === null ? task.limit : 1;
  const events = await context.stream.read(task.tenure.lane, task.position, limit, context.maxBytes);
  if (events.length === 0) return idleReport(task.position, startedAtMs);
  return narrowed(task, context, startedAtMs, (known) => deliverBatch({ task, context, events, known }));
};

const dueKeysLimit = 50;

export const runDrain = async <Effect>(task: DrainTask, context: ThreadContext<Effect>): Promise<Report> => {
  const startedAtMs = context.nowMs();
  const keys = await context.store.loadKeysWithDueEarly(task.tenure, dueKeysLimit);
  if (keys.length === 0) return idleReport(task.position, startedAtMs);
  const report = await narrowed(task, context, startedAtMs, (known) => deliverBatch({ task, context, events: [], known, keys }));
  return { ...report, moreDue: report.moreDue || keys.length === dueKeysLimit };
};

type Delivering<Effect> = {
  readonly task: BatchTask | DrainTask;
  readonly context: ThreadContext<Effect>;
  readonly events: readonly LogEvent[];
  readonly known: ReadonlyMap<number, Failure>;
  /** Drain these instead of delivering events. */
  readonly keys?: readonly Key[];
};

type Decided<Effect> = { readonly delivered: Delivered<Effect>; readonly settlement: Settlement<Effect>; readonly position: number };

const deliverBatch = async <Effect>(delivering: Delivering<Effect>): Promise<Decided<Effect>> => {
  const { task, context, events } = delivering;
  const keys = await loadKeyStates(delivering);
  const early = await loadDrainable(delivering, keys);
  const handle = await handlerFor(delivering, [...events.map(({ position }) => position), ...early.keys()]);
  const common = { keys, handle, room: task.room, earlyEvent: ({ position }: { position: number }) => early.get(position) };
  const delivered = delivering.keys ? await drainKeys(common) : await deliver({ ...common, ...turnsOf(delivering), events, origin: 'log' });
  const position = events[delivered.count - 1]?.position ?? task.position;
  const settlement = settle(delivered.decisions, {
    toPosition: delivering.keys ? null : position,
    staysCareful: task.carefulUntil !== null && position < task.carefulUntil,
    keys,
    policy: context.policy,
    attemptsSoFar: () => 0,
  });
  return { delivered, settlement, position };
};

/** One event at a time is no batch to share. */
const turnsOf = <Effect>({ task, context, events }: Delivering<Effect>): { readonly turns?: Turns } => {
  const { turn } = context;
  if (turn === null || task.carefulUntil !== null) return {};
  const { lane } = task.tenure;
  turn.neighbours.met(lane, new Set(events.map(({ tenant }) => tenant)));
  return { turns: createTurns(turn.ms, turn.nowMs, (tenant) => turn.neighbours.hasOthers(lane, tenant)) };
};

const loadKeyStates = <Effect>({ task, context, events, keys }: Delivering<Effect>): Promise<Map<string, KeyState>> => {
  if (keys) return context.store.loadKeys(task.tenure, keys, []);
  const distinct = new Map(events.map((event) => [keyName(event), event]));
  return context.store.loadKeys(task.tenure, [...distinct.values()], numbersOf(events));
};

const numbersOf = (events: readonly LogEvent[]) => events.map(({ sequence }) => sequence).filter((sequence) => sequence !== null);

const loadDrainable = async <Effect>({ task, context, events }: Delivering<Effect>, keys: ReadonlyMap<string, KeyState>) => {
  const withEarly = [...keys].filter(([, state]) => state.early.size > 0 && !state.parked);
  if (withEarly.length === 0) return new Map<number, LogEvent>();
  const arriving = Map.groupBy(events, keyName);
  const wanted = withEarly.flatMap(([name, state]) => drainable(state, numbersOf(arriving.get(name) ?? []), drainLimit));
  const loaded = await context.store.loadEarly(task.tenure, wanted, context.maxBytes);
  return new Map(loaded.map((event) => [event.position, event]));
};

const handlerFor = async <Effect>({ task, context, known }: Delivering<Effect>, unit: readonly number[]): Promise<CallHandler<Effect>> => {
  const call = createCallHandler(context.processor, context.progress, known);
  if (task.carefulUntil === null) return call;
  const attempt = await context.store.attempt(task.tenure);
  return createCarefulHandler({
    tenure: task.tenure,
    store: context.store,
    call,
    attempt,
    survivedAttempts: context.survived,
    unit: new Set(unit),
  });
};

/** Decides and writes; where the database refuses a value, finds out whose it is and decides again with that known. */
const narrowed = async <Effect>(
  task: BatchTask | DrainTask,
  context: ThreadContext<Effect>,
  startedAtMs: number,
  decide: (known: ReadonlyMap<number, Failure>) => Promise<Decided<Effect>>,
): Promise<Report> => {
  const known = new Map(task.known.map(({ position, failure }) => [position, failure]));
  for (;;) {
    const decided = await decide(known).catch(fencedAs);
    if (decided instanceof Fenced) return fencedReport(task.position, decided.found, startedAtMs);
    const { delivered, settlement } = decided;
    const blocked = delivered.cut === 'early_full' || delivered.cut === 'park_full' ? delivered.cut : null;
    if (delivered.decisions.length === 0) return idleReport(task.position, startedAtMs, blocked);
    const settledFromMs = context.nowMs();
    const settled = await context.store
      .settle(task.tenure, task.position, settlement, context.processor.apply)
      .catch((error: unknown) => refusedBy(error, settlement, known, context));
    if (settled === null) continue;
    const endedAtMs = context.nowMs();
    const { decisions, moreDue } = delivered;
    const setAside = settlement.parkedKeys.length > settlement.parkFailed.length + settlement.parkEarly.length;
    const parts = { setAside, decisions, settlement, settled, position: decided.position, blocked, moreDue };
    return makeReport({ ...parts, startedAtMs, settledFromMs, endedAtMs });
  }
};

const fencedAs = (error: unknown): Fenced => {
  if (error instanceof Fenced) return error;
  throw error;
};

/** Adds to `known` and returns null, or throws what is not the data's fault. */
export const refusedBy = async <Effect>(
  error: unknown,
  settlement: Settlement<Effect>,
  known: Map<number, Failure>,
  context: Pick<ThreadContext<Effect>, 'store' | 'processor'>,
): Promise<null> => {
  if (classifyError(error) !== 'data') throw error;
  const refused = await context.store.findRefused(settlement.applied, context.processor.apply);
  // Nothing in the events themselves: then it is a defect of ours, and no event may be parked for it.
  if (refused.size === 0) throw new Error('The database refused the batch as data, but none of its events alone.', { cause: error });
  for (const [position, failure] of refused) known.set(position, failure);
  return null;
};
