// Work on one key from the park: an attempt on its head and on what waits behind it; and a gap of its sequence that is given up.
import type { LogEvent } from '../stream/stream.ts';
import { createCallHandler } from './call-handler.ts';
import { countRetry } from './count-attempt.ts';
import { deliver, type Delivered } from './deliver.ts';
import { isFinal, type Failure } from './failure.ts';
import { drainable, keyName, skipGap, type KeyState } from './key-order.ts';
import type { ParkedEvent } from './lane-store.ts';
import type { OwnRules } from './own-rules.ts';
import { fencedReport, idleReport, makeReport } from './report.ts';
import { refusedBy } from './run-batch.ts';
import { emptySettlement, retryDelayMs, settle, type Settlement } from './settlement.ts';
import { drainLimit, lonelyCrashes, parkedLimit, type ThreadContext } from './thread-context.ts';
import type { ParkTask, RehearseTask, Report, RetryTask, SkipGapTask } from './thread-protocol.ts';

const noBound = { early: Infinity, parked: Infinity };

/** Only the head has attempts behind it; user code runs before the lane's live flow is held up, the write while it is. */
export const runRetry = async <Effect>(task: RetryTask, context: ThreadContext<Effect>): Promise<Report> => {
  const startedAtMs = context.nowMs();
  const { tenure, key } = task;
  // Without order the live flow adds to a parked key what is to be tried too: what is left of the key is decided while it does not.
  if (!isOrdered(context)) await context.mayWrite();
  const stored = await context.store.loadParked(tenure, key, parkedLimit, context.maxBytes, orderOf(context));
  if (stored.length === 0) return releaseEmpty(task, context, startedAtMs);
  const { parked, others } = isOrdered(context) ? { parked: stored, others: [] } : chooseOne(task, stored, context);
  const head = parked[0];
  if (head === undefined) return restKey(task, context, startedAtMs);
  const known = new Map(task.known.map(({ position, failure }) => [position, failure]));
  // Where an operator replays it, it has all its attempts before it, whatever this thread remembers.
  const before = Math.max(0, attemptsOf(head, task, context) - (task.counted ? 1 : 0));
  const last = lastAttempt(head, context);
  if (before >= last && !known.has(head.position)) known.set(head.position, crashed(before));
  else if (!task.counted) {
    const noted = await countRetry({ ...context, tenure, key }, head, retryDelayMs(context.policy, before + 1));
    if (noted.fenced) return fencedReport(0, noted.fenced, startedAtMs);
  }
  const attempts = (event: LogEvent) => (event.position === head.position ? Math.min(before, context.policy.attempts - 1) : 0);
  const isAlone = isOrdered(context) && before >= last - 1;
  const tried = isOrdered(context) ? parked.slice(0, isAlone ? 1 : Math.ceil(parked.length / 10 ** before)) : parked;
  const attempting = { task, context, parked: tried, others, known, startedAtMs, attempts, isAlone };
  return context.processor.own === undefined ? attempt(attempting) : attemptInside(attempting, context.processor.own);
};

const isOrdered = <Effect>({ processor }: ThreadContext<Effect>): boolean => processor.own?.isOrdered ?? true;
export const orderOf = <Effect>(context: ThreadContext<Effect>) => (isOrdered(context) ? 'position' : 'attempts');

/** Counted ones, without those that trouble with storage ended and could not be taken off. */
const attemptsOf = <Effect>({ attempts, position }: ParkedEvent, { tenure }: RetryTask, { survived }: ThreadContext<Effect>): number =>
  attempts - survived.of(tenure, position);

/**
 * Without order each event is tried by itself: the one with fewest attempts, or the one that took its thread with it just now. Dead letters rest. Attempts that
 * trouble with storage ended are none, but were turns: an event that it meets each time must not keep the others waiting.
 */
const chooseOne = <Effect>(task: RetryTask, stored: readonly ParkedEvent[], context: ThreadContext<Effect>) => {
  const { policy, survived } = context;
  const culprit = stored.find(({ position }) => task.counted && task.known.some((one) => one.position === position));
  const open = stored.filter((one) => {
    const attempts = attemptsOf(one, task, context);
    // A dead letter has a failure: without one, attempts that are used up took the process with them, and it becomes one for that.
    return one.failure === null || attempts <= 0 || (attempts < policy.attempts && !isFinal(one.failure));
  });
  const turnsOf = (one: ParkedEvent) => attemptsOf(one, task, context) + survived.interruptions(task.tenure, one.position);
  const chosen = culprit ?? open.toSorted((one, other) => turnsOf(one) - turnsOf(other))[0];
  return { parked: chosen === undefined ? [] : [chosen], others: stored.filter((one) => one !== chosen).map((one) => open.includes(one)) };
};

/** All that is left of the key are dead letters. */
const restKey = async <Effect>({ tenure, key }: RetryTask, context: ThreadContext<Effect>, startedAtMs: number): Promise<Report> => {
  await context.mayWrite();
  const settlement = { ...emptySettlement, parkedKeys: [{ key, state: 'parked' as const, retryAfterMs: null }], retriedKey: key };
  const settled = await context.store.settle(tenure, null, settlement, context.processor.apply);
  const times = { startedAtMs, settledFromMs: startedAtMs, endedAtMs: context.nowMs() };
  return makeReport({ decisions: [], settlement, settled, position: 0, blocked: null, moreDue: false, ...times });
};

/**
 * Attempts are counted before user code runs: a head that has all of them and is still tried took its process with it. One that has not failed yet has as many
 * as an event alone in a batch. Another of the key may be the one that kills: each attempt takes a tenth of the one before with the head, and the last one the
 * head alone.
 */
const lastAttempt = <Effect>({ failure }: ParkedEvent, { policy }: ThreadContext<Effect>) =>
  failure === null ? Math.max(policy.attempts, lonelyCrashes) : policy.attempts;

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
  readonly attempts?: (event: LogEvent) => number;
  /** Not even an early event that its number lets go comes with it. */
  readonly isAlone?: boolean;
};

type Attempting<Effect> = DeliveringParked<Effect> & {
  readonly task: RetryTask;
  readonly startedAtMs: number;
  readonly attempts: (event: LogEvent) => number;
  /** Parked events of the key that stay as they are; true: one that is to be tried yet. */
  readonly others: readonly boolean[];
};

/** A team's own processor writes as it handles: its lane's live flow is held up for as long. */
const attemptInside = async <Effect>(attempting: Attempting<Effect>, rules: OwnRules): Promise<Report> => {
  const { task, context } = attempting;
  await context.mayWrite();
  const settledFromMs = context.nowMs();
  let made: { delivered: Delivered<Effect>; settlement: Settlement<Effect> } | null = null;
  const settled = await context.store.decide(task.tenure, null, async (transactions) => {
    rules.use(transactions);
    rules.begin();
    const { delivered, keys } = await deliverParked(attempting);
    made = { delivered, settlement: settleParked(attempting, delivered, keys) };
    return delivered.decisions.length === 0 ? null : made.settlement;
  });
  const done = made as { delivered: Delivered<Effect>; settlement: Settlement<Effect> } | null;
  if (settled === null) return idleReport(0, attempting.startedAtMs);
  if (done === null)
    return { ...idleReport(settled.found.position, attempting.startedAtMs), outcome: settled.outcome, found: settled.found };
  const times = { startedAtMs: attempting.startedAtMs, settledFromMs, endedAtMs: context.nowMs() };
  const { delivered, settlement } = done;
  const moreDue = delivered.moreDue || settlement.releaseKey !== null;
  return makeReport({ decisions: delivered.decisions, settlement, settled, position: 0, blocked: null, moreDue, ...times });
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

export const deliverParked = async <Effect>({ task, context, parked, known, attempts, isAlone }: DeliveringParked<Effect>) => {
  const numbers = parked.map(({ sequence }) => sequence).filter((sequence) => sequence !== null);
  const keys = await context.store.loadKeys(task.tenure, [task.key], numbers);
  const state = keys.get(keyName(task.key))!;
  state.parked = false;
  const early = isAlone === true ? new Map<number, LogEvent>() : await loadEarly(task, context, state, numbers);
  const handle = createCallHandler(context.processor, context.progress, known);
  const delivered = await deliver({
    events: parked,
    origin: 'park',
    keys,
    handle,
    room: noBound,
    earlyEvent: ({ position }) => early.get(position),
    ...ownOf(context),
    ...(attempts && { attemptsSoFar: attempts }),
  });
  return { delivered, keys };
};

/** Nothing is shed that was taken before. */
const ownOf = <Effect>({ processor: { own } }: ThreadContext<Effect>) => (own === undefined ? {} : { own: { rules: own, head: 0 } });

const loadEarly = async <Effect>({ tenure }: ParkTask, context: ThreadContext<Effect>, state: KeyState, arriving: readonly number[]) => {
  const loaded = await context.store.loadEarly(tenure, drainable(state, arriving, drainLimit), context.maxBytes);
  return new Map(loaded.map((event) => [event.position, event]));
};

/** Without a failure the key leaves the park, or goes on at once where it has more than one go could take. */
const settleParked = <Effect>(
  { task, context, parked, others, attempts }: Attempting<Effect>,
  delivered: Delivered<Effect>,
  keys: ReadonlyMap<string, KeyState>,
): Settlement<Effect> => {
  const decided = settle(delivered.decisions, { toPosition: null, keys, policy: context.policy, attemptsSoFar: attempts });
  const settlement = { ...decided, retriedKey: task.key };
  // Without order: what is left decides what the key is.
  if (others.includes(true))
    return { ...settlement, parkedKeys: [{ key: task.key, state: 'retrying', retryAfterMs: context.policy.retryMs }] };
  if (settlement.parkedKeys.length > 0) return settlement;
  if (others.length > 0) return { ...settlement, parkedKeys: [{ key: task.key, state: 'parked', retryAfterMs: null }] };
  // Where it took as much as one transaction may: what is left goes next, and waits for no delay of a failure.
  return delivered.count === parked.length || delivered.cut === 'enough' ? { ...settlement, releaseKey: task.key } : settlement;
};

/**
 * In turn from the start: the key is not parked, so that the lane's live flow could change it. The numbers are given up and nothing more: what they held up is
 * due with that, and the lane's drain hands it to user code, which counts it where its workers die.
 */
export const runSkipGap = async <Effect>(task: SkipGapTask, context: ThreadContext<Effect>): Promise<Report> => {
  const startedAtMs = context.nowMs();
  await context.mayWrite();
  const settlement = await decideGap(task, context);
  if (settlement === null) return idleReport(0, startedAtMs);
  const settledFromMs = context.nowMs();
  const settled = await context.store.settle(task.tenure, null, settlement, context.processor.apply);
  const times = { startedAtMs, settledFromMs, endedAtMs: context.nowMs() };
  return makeReport({ decisions: [], settlement, settled, position: 0, blocked: null, moreDue: true, ...times });
};

/** null: there is no gap any more. */
const decideGap = async <Effect>({ tenure, key }: SkipGapTask, { store, policy }: ThreadContext<Effect>) => {
  const keys = await store.loadKeys(tenure, [key], []);
  const state = keys.get(keyName(key));
  const gap = state === undefined || state.parked ? null : skipGap(state);
  if (gap === null) return null;
  const settlement = settle<Effect>([], { toPosition: null, keys, policy, attemptsSoFar: () => 0 });
  return { ...settlement, gap: { key, gap } };
};
