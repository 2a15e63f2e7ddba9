// Delivers a run of events to a processor, key by key in order, and says what became of each. No I/O but the handler's own: the decisions are
// written by somebody else, all at once, in the checkpoint's transaction.
import { isErased } from '../contract/erased.ts';
import type { LogEvent } from '../stream/stream.ts';
import type { Failure } from './failure.ts';
import { earlyNowDue, judge, keyName, passNumber, type EarlyEvent, type KeyState } from './key-order.ts';

/** log: at the lane's checkpoint; early: drained, its predecessor was just applied; park: released from behind a failure. */
export type Origin = 'log' | 'early' | 'park';

export type Decision<Effect> =
  | { readonly kind: 'applied'; readonly event: LogEvent; readonly origin: Origin; readonly effect: Effect }
  | { readonly kind: 'ignored'; readonly event: LogEvent; readonly origin: Origin }
  | { readonly kind: 'failed'; readonly event: LogEvent; readonly origin: Origin; readonly failure: Failure }
  | { readonly kind: 'behind' | 'early' | 'skipped'; readonly event: LogEvent; readonly origin: Origin };

export type Handled<Effect> = { readonly effect: Effect | null } | { readonly failure: Failure };

export type Delivery<Effect> = {
  readonly events: readonly LogEvent[];
  readonly origin: 'log' | 'park';
  readonly keys: ReadonlyMap<string, KeyState>;
  /** The early event in full; undefined where it was not loaded: its drain is left for later. */
  readonly earlyEvent: (early: EarlyEvent) => LogEvent | undefined;
  /** Never throws: a failure of user code is a value. */
  readonly handle: (event: LogEvent) => Handled<Effect> | Promise<Handled<Effect>>;
  /** How many events more the lane may hold. */
  readonly room: { readonly early: number; readonly parked: number };
};

export type Delivered<Effect> = {
  readonly decisions: readonly Decision<Effect>[];
  /** How many of the events given were delivered: fewer where a bound was reached, or where a parked key failed again. */
  readonly count: number;
  readonly cut: 'early_full' | 'park_full' | 'failed_again' | null;
  /** An early event is due and was not drained: come again. */
  readonly moreDue: boolean;
};

export const deliver = async <Effect>(delivery: Delivery<Effect>): Promise<Delivered<Effect>> => {
  const run = createRun(delivery);
  for (const [index, event] of delivery.events.entries()) {
    const cut = await run.deliverOne(event);
    if (cut !== null) return { decisions: run.decisions, count: index + (cut === 'failed_again' ? 1 : 0), cut, moreDue: run.moreDue() };
  }
  return { decisions: run.decisions, count: delivery.events.length, cut: null, moreDue: run.moreDue() };
};

/** Drains keys whose early event is due though nothing new came: after a take-over, a discard, a skipped gap, a drain that was cut. */
export const drainKeys = async <Effect>(delivery: Omit<Delivery<Effect>, 'events' | 'origin'>): Promise<Delivered<Effect>> => {
  const run = createRun({ ...delivery, events: [], origin: 'log' });
  for (const state of delivery.keys.values()) await run.drain(state);
  return { decisions: run.decisions, count: 0, cut: null, moreDue: run.moreDue() };
};

const createRun = <Effect>(delivery: Delivery<Effect>) => {
  const decisions: Decision<Effect>[] = [];
  let { early: roomEarly, parked: roomParked } = delivery.room;
  let moreDue = false;

  /** Nothing is left to hand over: its number is passed, and it is counted. */
  const skip = (event: LogEvent, origin: Origin) => {
    decisions.push({ kind: 'skipped', event, origin });
    return true;
  };
  const attempt = async (state: KeyState, event: LogEvent, origin: Origin) => {
    if (isErased(event)) {
      passNumber(state, event.sequence);
      return skip(event, origin);
    }
    const pending = delivery.handle(event);
    const handled = pending instanceof Promise ? await pending : pending;
    if ('failure' in handled) return fail(state, event, origin, handled.failure);
    decisions.push(
      handled.effect === null ? { kind: 'ignored', event, origin } : { kind: 'applied', event, origin, effect: handled.effect },
    );
    passNumber(state, event.sequence);
    return true;
  };
  const fail = (state: KeyState, event: LogEvent, origin: Origin, failure: Failure) => {
    state.parked = true;
    if (origin !== 'park') roomParked -= 1;
    decisions.push({ kind: 'failed', event, origin, failure });
    return false;
  };
  /** The predecessor is done: what waited for it follows, in the same transaction. */
  const drain = async (state: KeyState) => {
    for (let early = earlyNowDue(state); early !== undefined; early = earlyNowDue(state)) {
      const event = delivery.earlyEvent(early);
      if (event === undefined) {
        moreDue = true;
        return;
      }
      state.early.delete(state.next!);
      if (!(await attempt(state, event, 'early'))) return;
    }
    if (!state.parked && (state.next ?? 0) > state.knownTo) moreDue = true;
  };
  const wait = (state: KeyState, event: LogEvent) => {
    if (delivery.origin === 'log') roomEarly -= 1;
    state.early.set(event.sequence!, { position: event.position, id: event.id });
    decisions.push({ kind: 'early', event, origin: delivery.origin });
  };
  const deliverOne = async (event: LogEvent): Promise<Delivered<Effect>['cut']> => {
    const { origin } = delivery;
    const state = delivery.keys.get(keyName(event))!;
    // A failure parks at most this event and one that it drains.
    if (origin === 'log' && roomParked < 2) return 'park_full';
    const verdict = judge(state, event);
    if (verdict.kind === 'early' && roomEarly < 1 && origin === 'log') return 'early_full';
    if (verdict.kind === 'early') wait(state, event);
    else if (verdict.kind === 'due') {
      if (await attempt(state, event, origin)) await drain(state);
    } else if (verdict.kind === 'refused' && isErased(event)) skip(event, origin);
    else if (verdict.kind === 'refused') fail(state, event, origin, verdict.failure);
    else {
      if (verdict.kind === 'behind') roomParked -= 1;
      decisions.push({ kind: verdict.kind, event, origin });
    }
    return origin === 'park' && state.parked ? 'failed_again' : null;
  };
  return { decisions, deliverOne, drain, moreDue: () => moreDue };
};
