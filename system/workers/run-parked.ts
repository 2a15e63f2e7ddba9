// Work on one key from the park: an attempt on its head and on what waits behind it; and a gap of its sequence that is given up.
import type { LogEvent } from '../stream/stream.ts';
import { createCallHandler } from './call-handler.ts';
import { deliver, drainKeys, type Delivered } from './deliver.ts';
import type { Failure } from './failure.ts';
import { drainable, keyName, skipGap, type KeyState } from './key-order.ts';
import type { ParkedEvent } from './lane-store.ts';
import { fencedReport, idleReport, makeReport } from './report.ts';
import { refusedBy } from './run-batch.ts';
import { emptySettlement, retryDelayMs, settle, type Settlement } from './settlement.ts';
import { drainLimit, parkedLimit, type ThreadContext } from './thread-context.ts';
import type { ParkTask, RehearseTask, Report, RetryTask, SkipGapTask } from './thread-protocol.ts';

const noBound = { early: Infinity, parked: Infinity };

/** Only the head has attempts behind it; user code runs before the lane's live flow is held up, the write while it is. */
export const runRetry = async <Effect>(task: RetryTask, context: ThreadContext<Effect>): Promise<Report> => {
  const startedAtMs = context.nowMs();
  const { tenure, key } = task;
  const parked = await context.store.loadParked(tenure, key, parkedLimit, context.maxBytes);
  const head = parked[0];
  if (head === undefined) return releaseEmpty(task, context, startedAtMs);
  const known = new Map(task.known.map(({ position, failure }) => [position, failure]));
  const before = (task.counted ? head.attempts - 1 : head.attempts) - context.survived.of(tenure, head.position);
  if (diedInLastAttempt(head, before, context) && !known.has(head.position)) known.set(head.position, crashed(before));
  else if (!task.counted) {
    const noted = await context.store.noteRetry(tenure, key, head.position, retryDelayMs(context.policy, before + 1));
    if (noted.fenced) return fencedReport(0, noted.fenced, startedAtMs);
    context.survived.noted(tenure, head.position);
  }
  const attempts = (event: LogEvent) => (event.position === head.position ? Math.min(before, context.policy.attempts - 1) : 0);
  return attempt({ task, context, parked, known, startedAtMs, attempts });
};

/** Attempts are counted before user code runs: one that has all of them and is still retrying took its process with it. */
const diedInLastAttempt = <Effect>(head: ParkedEvent, attempts: number, { policy }: ThreadContext<Effect>) =>
  head.failure !== null && attempts >= policy.attempts;

const crashed = (attempts: number): Failure => ({
  code: 'handler_crashed_process',
  message: `The process died in attempt ${attempts}, the last one.`,
  errorType: null,
});

const releaseEmpty = async <Effect>({ tenure, key }: RetryTask, context: ThreadContext<Effect>, startedAtMs: number): Promise<Report> => {
  await context.mayWrite();
  const settlement = { ...emptySettlement, releaseKey: key, retriedKey: key };
  const settled = await context.store.settle(tenure, null, settlement, context.processor.apply);
  const times = { startedAtMs, settledFromMs: startedAtMs, endedAtMs: context.nowMs() };
  return makeReport({ decisions: [], settlement, settled, position: 0, blocked: null, moreDue: true, ...times });
};

type DeliveringParked<Effect> = {
  readonly task: RetryTask | RehearseTask;
  readonly context: ThreadContext<Effect>;
  readonly parked: readonly ParkedEvent[];
  readonly known: Map<number, Failure>;
};

type Attempting<Effect> = DeliveringParked<Effect> & {
  readonly task: RetryTask;
  readonly startedAtMs: number;
  readonly attempts: (event: LogEvent) => number;
};

const attempt = async <Effect>(attempting: Attempting<Effect>): Promise<Report> => {
  const { task, context, known } = attempting;
  for (;;) {
    const { delivered, keys } = await deliverParked(attempting);
    const settlement = settleParked(attempting, delivered, keys);
    await context.mayWrite();
    const settledFromMs = context.nowMs();
    const settled = await context.store
      .settle(task.tenure, null, settlement, context.processor.apply)
      .catch((error: unknown) => refusedBy(error, settlement, known, context));
    if (settled === null) continue;
    const times = { startedAtMs: attempting.startedAtMs, settledFromMs, endedAtMs: context.nowMs() };
    // A key that left the park may have early events that became due: its lane looks.
    const moreDue = delivered.moreDue || settlement.releaseKey !== null;
    return makeReport({ decisions: delivered.decisions, settlement, settled, position: 0, blocked: null, moreDue, ...times });
  }
};

export const deliverParked = async <Effect>({ task, context, parked, known }: DeliveringParked<Effect>) => {
  const numbers = parked.map(({ sequence }) => sequence).filter((sequence) => sequence !== null);
  const keys = await context.store.loadKeys(task.tenure, [task.key], numbers);
  const state = keys.get(keyName(task.key))!;
  state.parked = false;
  const early = await loadEarly(task, context, state, numbers);
  const handle = createCallHandler(context.processor, context.progress, known);
  const delivered = await deliver({
    events: parked,
    origin: 'park',
    keys,
    handle,
    room: noBound,
    earlyEvent: ({ position }) => early.get(position),
  });
  return { delivered, keys };
};

const loadEarly = async <Effect>({ tenure }: ParkTask, context: ThreadContext<Effect>, state: KeyState, arriving: readonly number[]) => {
  const loaded = await context.store.loadEarly(tenure, drainable(state, arriving, drainLimit), context.maxBytes);
  return new Map(loaded.map((event) => [event.position, event]));
};

/** Without a failure the key leaves the park, or goes on at once where it has more than one go could take. */
const settleParked = <Effect>(
  { task, context, parked, attempts }: Attempting<Effect>,
  delivered: Delivered<Effect>,
  keys: ReadonlyMap<string, KeyState>,
): Settlement<Effect> => {
  const decided = settle(delivered.decisions, { toPosition: null, keys, policy: context.policy, attemptsSoFar: attempts });
  const settlement = { ...decided, retriedKey: task.key };
  if (settlement.parkedKeys.length > 0) return settlement;
  return delivered.count === parked.length ? { ...settlement, releaseKey: task.key } : settlement;
};

/**
 * Held up from the start: the key is not parked, so that the lane's live flow could change it. Where the database refuses a value of what comes after the
 * gap, its event is found and parked, and the gap is skipped all the same.
 */
export const runSkipGap = async <Effect>(task: SkipGapTask, context: ThreadContext<Effect>): Promise<Report> => {
  const startedAtMs = context.nowMs();
  await context.mayWrite();
  const known = new Map(task.known.map(({ position, failure }) => [position, failure]));
  for (;;) {
    const decided = await decideGap(task, context, known);
    if (decided === null) return idleReport(0, startedAtMs);
    const { decisions, settlement } = decided;
    const settledFromMs = context.nowMs();
    const settled = await context.store
      .settle(task.tenure, null, settlement, context.processor.apply)
      .catch((error: unknown) => refusedBy(error, settlement, known, context));
    if (settled === null) continue;
    const times = { startedAtMs, settledFromMs, endedAtMs: context.nowMs() };
    return makeReport({ decisions, settlement, settled, position: 0, blocked: null, moreDue: true, ...times });
  }
};

/** null: there is no gap any more. Keys are loaded for each decision, as deciding uses them up. */
const decideGap = async <Effect>(task: SkipGapTask, context: ThreadContext<Effect>, known: ReadonlyMap<number, Failure>) => {
  const keys = await context.store.loadKeys(task.tenure, [task.key], []);
  const state = keys.get(keyName(task.key));
  const gap = state === undefined || state.parked ? null : skipGap(state);
  if (state === undefined || gap === null) return null;
  const early = await loadEarly(task, context, state, []);
  const handle = createCallHandler(context.processor, context.progress, known);
  const { decisions } = await drainKeys({ keys, handle, room: noBound, earlyEvent: ({ position }) => early.get(position) });
  const decided = settle(decisions, { toPosition: null, keys, policy: context.policy, attemptsSoFar: () => 0 });
  return { decisions, settlement: { ...decided, gap: { key: task.key, gap } } };
};
