// One batch of a lane in a handler thread: read, decide, write, all in the order of positions.
import { createCallHandler, Fenced, type CallHandler } from './call-handler.ts';
import { createCarefulHandler, type CountedAttempts } from './careful-handler.ts';
import { decideBatch, loadBatch, type Batch, type Decided } from './decide-batch.ts';
import { classifyError } from './error-class.ts';
import type { Failure } from './failure.ts';
import { isLostAnswer } from './lost-answer.ts';
import { fencedReport, idleReport, makeReport, unheardReport } from './report.ts';
import { runOwn } from './run-own.ts';
import type { Settlement } from './settlement.ts';
import type { ThreadContext } from './thread-context.ts';
import type { BatchTask, DrainTask, Report } from './thread-protocol.ts';

export const runBatch = async <Effect>(task: BatchTask, context: ThreadContext<Effect>): Promise<Report> => {
  if (context.processor.own !== undefined) return runOwn(task, context, context.processor.own);
  const startedAtMs = context.nowMs();
  const limit = task.carefulUntil === null ? task.limit : 1;
  const counted: CountedAttempts = new Map();
  return inTurn(task, context, async () => {
    const events = await context.stream.read(task.tenure.lane, task.position, limit, context.maxBytes);
    if (events.length === 0) return idleReport(task.position, startedAtMs);
    return narrowed(task, context, startedAtMs, (known) => decideLoaded({ task, context, events }, known, counted));
  });
};

const dueKeysLimit = 50;

export const runDrain = async <Effect>(task: DrainTask, context: ThreadContext<Effect>): Promise<Report> => {
  if (context.processor.own !== undefined) return runOwn(task, context, context.processor.own);
  const startedAtMs = context.nowMs();
  const counted: CountedAttempts = new Map();
  return inTurn(task, context, async () => {
    const keys = await context.store.loadKeysWithDueEarly(task.tenure, dueKeysLimit);
    if (keys.length === 0) return idleReport(task.position, startedAtMs);
    const batch = { task, context, events: [], keys };
    const report = await narrowed(task, context, startedAtMs, (known) => decideLoaded(batch, known, counted));
    return report && { ...report, moreDue: report.moreDue || keys.length === dueKeysLimit };
  });
};

/**
 * Reads, decides and writes. Null: work on the park has changed a key, or erased an event, that it had read; then once more, now in turn from the start.
 * One event at a time is so at once: an attempt that is counted durably before user code runs must not be one for nothing.
 */
const inTurn = async <Effect>(
  { carefulUntil }: BatchTask | DrainTask,
  context: ThreadContext<Effect>,
  work: () => Promise<Report | null>,
): Promise<Report> => {
  if (carefulUntil !== null) await context.mayWrite();
  for (;;) {
    const report = await work();
    if (report !== null) return report;
  }
};

const decideLoaded = async <Effect>(
  batch: Batch<Effect>,
  known: ReadonlyMap<number, Failure>,
  counted: CountedAttempts,
): Promise<Decided<Effect>> => {
  const loaded = await loadBatch(batch);
  const unit = new Set([...batch.events.map(({ position }) => position), ...loaded.early.keys()]);
  const handle = await handlerFor(batch, known, { unit, counted });
  return decideBatch(batch, { ...loaded, handle });
};

const handlerFor = async <Effect>(
  { task, context }: Batch<Effect>,
  known: ReadonlyMap<number, Failure>,
  positions: { readonly unit: ReadonlySet<number>; readonly counted: CountedAttempts },
): Promise<CallHandler<Effect>> => {
  const call = createCallHandler(context.processor, context.progress, known);
  if (task.carefulUntil === null) return call;
  const attempt = await context.store.attempt(task.tenure);
  return createCarefulHandler({
    tenure: task.tenure,
    store: context.store,
    call,
    attempt,
    survivedAttempts: context.survived,
    known: new Map(task.known.map((one) => [one.position, one])),
    ...positions,
  });
};

/** Decides and writes; where the database refuses a value, finds out whose it is and decides again with that known. Null: it was decided from what others have changed. */
const narrowed = async <Effect>(
  task: BatchTask | DrainTask,
  context: ThreadContext<Effect>,
  startedAtMs: number,
  decide: (known: ReadonlyMap<number, Failure>) => Promise<Decided<Effect>>,
): Promise<Report | null> => {
  const known = new Map(task.known.map(({ position, failure }) => [position, failure]));
  for (;;) {
    const decided = await decide(known).catch(fencedAs);
    if (decided instanceof Fenced) return fencedReport(task.position, decided.found, startedAtMs);
    const { delivered, settlement, keys } = decided;
    const blocked = delivered.cut === 'early_full' || delivered.cut === 'park_full' ? delivered.cut : null;
    if (delivered.decisions.length === 0) return idleReport(task.position, startedAtMs, blocked);
    if ((await context.mayWrite()).some((changed) => keys.has(changed))) return null;
    const settledFromMs = context.nowMs();
    const { decisions, moreDue } = delivered;
    const setAside = settlement.parkedKeys.length > settlement.parkFailed.length + settlement.parkEarly.length;
    const parts = { setAside, decisions, settlement, position: decided.position, blocked, moreDue, startedAtMs, settledFromMs };
    const settled = await context.store.settle(task.tenure, task.position, settlement, context.processor.apply).catch((error: unknown) => {
      if (isLostAnswer(error)) context.unheard(unheardReport(task, { ...parts, endedAtMs: context.nowMs() }));
      return refusedBy(error, settlement, known, context);
    });
    if (settled === null) continue;
    return makeReport({ ...parts, settled, endedAtMs: context.nowMs() });
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
