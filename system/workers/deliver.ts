// Delivers a run of events to a processor, key by key in order, and says what became of each. No I/O but the handler's own: the decisions are
// written by somebody else, all at once, in the checkpoint's transaction.
import { isErased } from '../contract/erased.ts';
import type { LogEvent } from '../stream/stream.ts';
import { isMisnumbered, type Failure } from './failure.ts';
import type { Turns } from './turns.ts';
import { earlyNowDue, judge, keyName, passNumber, type EarlyEvent, type KeyState, type Verdict } from './key-order.ts';
import { afterFailure, type OwnRules } from './own-rules.ts';

/** log: at the lane's checkpoint; early: drained, its predecessor was just applied; park: released from behind a failure. */
export type Origin = 'log' | 'early' | 'park';

export type Decision<Effect> =
  | { readonly kind: 'applied'; readonly event: LogEvent; readonly origin: Origin; readonly effect: Effect }
  | { readonly kind: 'ignored'; readonly event: LogEvent; readonly origin: Origin }
  | { readonly kind: 'failed'; readonly event: LogEvent; readonly origin: Origin; readonly failure: Failure }
  | { readonly kind: 'behind' | 'early' | 'shed'; readonly event: LogEvent; readonly origin: Origin }
  /** `failure`: it was given up by its processor's policy; without one, its number was. */
  | { readonly kind: 'skipped'; readonly event: LogEvent; readonly origin: Origin; readonly failure?: Failure };

export type Handled<Effect> = { readonly effect: Effect | null } | { readonly failure: Failure };

export type Delivery<Effect> = {
  readonly events: readonly LogEvent[];
  readonly origin: 'log' | 'park';
  readonly keys: ReadonlyMap<string, KeyState>;
  /** The early event in full; undefined where it was not loaded: its drain is left for later. */
  readonly earlyEvent: (early: EarlyEvent) => LogEvent | undefined;
  /** Never throws: a failure of user code is a value. */
  readonly handle: (event: LogEvent) => Handled<Effect> | Promise<Handled<Effect>>;
  /** Left out: every event is handled, however long its key takes. */
  readonly turns?: Turns;
  /** How many events more the lane may hold. */
  readonly room: { readonly early: number; readonly parked: number };
  /** Of a team's own processor, with the lane's head. */
  readonly own?: { readonly rules: OwnRules; readonly head: number };
  /** Attempts of a parked event before this run; 0 by default. */
  readonly attemptsSoFar?: (event: LogEvent) => number;
};

export type Cut = 'early_full' | 'park_full' | 'failed_again' | 'enough' | 'stopped';

export type Delivered<Effect> = {
  readonly decisions: readonly Decision<Effect>[];
  /** How many of the events given were delivered: fewer where a bound was reached, or where a parked key failed again. */
  readonly count: number;
  readonly cut: Cut | null;
  /** The event before which a processor stands still. */
  readonly stoppedBy: { readonly event: LogEvent; readonly failure: Failure } | null;
  /** An early event is due and was not drained: come again. */
  readonly moreDue: boolean;
};

export const deliver = async <Effect>(delivery: Delivery<Effect>): Promise<Delivered<Effect>> => {
  const run = startRun(delivery);
  for (const [index, event] of delivery.events.entries()) {
    const cut = await deliverOne(run, event);
    if (cut !== null) return endRun(run, index + (isDoneWith(run, cut, event) ? 1 : 0), cut);
  }
  return endRun(run, delivery.events.length, null);
};

/** Drains keys whose early event is due though nothing new came: after a take-over, a discard, a skipped gap, a drain that was cut. */
export const drainKeys = async <Effect>(delivery: Omit<Delivery<Effect>, 'events' | 'origin'>): Promise<Delivered<Effect>> => {
  const run = startRun({ ...delivery, events: [], origin: 'log' });
  for (const state of delivery.keys.values()) await drain(run, state);
  return endRun(run, 0, run.stoppedBy === null ? null : 'stopped');
};

/** With less room in the park a slow key holds its lane up, as back-pressure does, rather than fill the park that failures need. */
const roomToSetAside = 1000;

const setAsideAfterTurn = <Effect>({ origin, turns }: Delivery<Effect>, state: KeyState, event: LogEvent, roomParked: number): void => {
  if (origin === 'park' || state.parked || roomParked <= roomToSetAside || turns?.isOver(event) !== true) return;
  state.parked = true;
  state.setAside = true;
};

const handleInTurn = <Effect>({ handle, turns }: Delivery<Effect>, event: LogEvent): Handled<Effect> | Promise<Handled<Effect>> => {
  if (turns === undefined) return handle(event);
  const startedAtMs = turns.nowMs();
  const took = (handled: Handled<Effect>) => {
    turns.took(event, turns.nowMs() - startedAtMs);
    return handled;
  };
  const pending = handle(event);
  return pending instanceof Promise ? pending.then(took) : took(pending);
};

type Run<Effect> = {
  readonly delivery: Delivery<Effect>;
  readonly decisions: Decision<Effect>[];
  readonly room: { early: number; parked: number };
  moreDue: boolean;
  stoppedBy: Delivered<Effect>['stoppedBy'];
};

const startRun = <Effect>(delivery: Delivery<Effect>): Run<Effect> => ({
  delivery,
  decisions: [],
  room: { ...delivery.room },
  moreDue: false,
  stoppedBy: null,
});

const endRun = <Effect>({ decisions, stoppedBy, moreDue }: Run<Effect>, count: number, cut: Cut | null): Delivered<Effect> => ({
  decisions,
  count,
  cut,
  stoppedBy,
  moreDue,
});

/** Of the event at which it was cut: it failed again, or what stands in the way is an early one that it let go. */
const isDoneWith = <Effect>({ stoppedBy }: Run<Effect>, cut: Cut, event: LogEvent): boolean =>
  cut === 'failed_again' || (cut === 'stopped' && stoppedBy?.event !== event);

const deliverOne = async <Effect>(run: Run<Effect>, event: LogEvent): Promise<Cut | null> => {
  const { keys, origin, own } = run.delivery;
  const state = keys.get(keyName(event))!;
  if (own?.rules.isEnough()) return 'enough';
  // A failure parks at most this event and one that it drains.
  if (origin === 'log' && run.room.parked < 2) return 'park_full';
  if (origin === 'log' && own?.rules.isShed(event, own.head)) {
    run.decisions.push({ kind: 'shed', event, origin });
    return null;
  }
  setAsideAfterTurn(run.delivery, state, event, run.room.parked);
  const verdict = judged(run, state, event);
  if (verdict.kind === 'early' && run.room.early < 1 && origin === 'log') return 'early_full';
  await follow(run, state, event, verdict);
  if (run.stoppedBy !== null) return 'stopped';
  return origin === 'park' && state.parked ? 'failed_again' : null;
};

/** Without numbers there is nothing to know of a key but whether it is parked. */
const judged = <Effect>({ delivery: { own } }: Run<Effect>, state: KeyState, event: LogEvent): Verdict => {
  if (own === undefined || own.rules.takesNumbers) return judge(state, event);
  return { kind: own.rules.isOrdered && state.parked ? 'behind' : 'due' };
};

const follow = async <Effect>(run: Run<Effect>, state: KeyState, event: LogEvent, verdict: Verdict): Promise<void> => {
  const { origin } = run.delivery;
  if (verdict.kind === 'early') return wait(run, state, event);
  if (verdict.kind === 'due') {
    if (await attempt(run, state, event, origin)) await drain(run, state);
  } else if (verdict.kind === 'refused' && isErased(event)) {
    skip(run, event, origin);
  } else if (verdict.kind === 'refused') {
    fail(run, state, event, origin, verdict.failure);
  } else {
    if (verdict.kind === 'behind') run.room.parked -= 1;
    run.decisions.push({ kind: verdict.kind, event, origin });
  }
};

const wait = <Effect>({ delivery: { origin }, room, decisions }: Run<Effect>, state: KeyState, event: LogEvent): void => {
  if (origin === 'log') room.early -= 1;
  state.early.set(event.sequence!, { position: event.position, id: event.id });
  decisions.push({ kind: 'early', event, origin });
};

/** Nothing is left to hand over: its number is passed, and it is counted. */
const skip = <Effect>({ decisions }: Run<Effect>, event: LogEvent, origin: Origin): boolean => {
  decisions.push({ kind: 'skipped', event, origin });
  return true;
};

/** true: it is over with the event. */
const attempt = async <Effect>(run: Run<Effect>, state: KeyState, event: LogEvent, origin: Origin): Promise<boolean> => {
  if (isErased(event)) {
    passNumber(state, event.sequence);
    return skip(run, event, origin);
  }
  const pending = handleInTurn(run.delivery, event);
  const handled = pending instanceof Promise ? await pending : pending;
  if ('failure' in handled) return fail(run, state, event, origin, handled.failure);
  const { effect } = handled;
  run.decisions.push(effect === null ? { kind: 'ignored', event, origin } : { kind: 'applied', event, origin, effect });
  passNumber(state, event.sequence);
  return true;
};

/** true: it is over with the event, though it failed. */
const fail = <Effect>(run: Run<Effect>, state: KeyState, event: LogEvent, origin: Origin, failure: Failure): boolean => {
  const { own, attemptsSoFar } = run.delivery;
  const end = own === undefined ? 'park' : afterFailure(own.rules, failure, (attemptsSoFar?.(event) ?? 0) + 1);
  // What is in the park already holds up nothing but its key: to stand still before it would be to try it for ever, unseen.
  if (end === 'stop' && origin !== 'park') {
    run.stoppedBy = { event, failure };
    return false;
  }
  if (end === 'skip') {
    run.decisions.push({ kind: 'skipped', event, origin, failure });
    if (!isMisnumbered(failure)) passNumber(state, event.sequence);
    return true;
  }
  state.parked = own?.rules.isOrdered ?? true;
  if (origin !== 'park') run.room.parked -= 1;
  run.decisions.push({ kind: 'failed', event, origin, failure });
  return false;
};

/** The predecessor is done: what waited for it follows, in the same transaction. */
const drain = async <Effect>(run: Run<Effect>, state: KeyState): Promise<void> => {
  const { own, earlyEvent } = run.delivery;
  for (let early = earlyNowDue(state); early !== undefined && run.stoppedBy === null; early = earlyNowDue(state)) {
    const event = own?.rules.isEnough() ? undefined : earlyEvent(early);
    if (event === undefined) {
      run.moreDue = true;
      return;
    }
    state.early.delete(state.next!);
    if (await attempt(run, state, event, 'early')) continue;
    if (run.stoppedBy === null) return;
    state.early.set(state.next!, early);
    run.moreDue = true;
  }
  if (!state.parked && (state.next ?? 0) > state.knownTo) run.moreDue = true;
};
