// What one transaction of a lane writes: decided before, as data, so that deciding is pure and writing is one routine.
import type { Key, LogEvent } from '../stream/stream.ts';
import type { Decision, Origin } from './deliver.ts';
import { isFinal, type Failure } from './failure.ts';
import type { KeyState, SkippedGap } from './key-order.ts';
import type { HandledEvent } from './processor.ts';

/** An event that failed, with how often by now. */
export type FailedEvent = { readonly position: number; readonly failure: Failure; readonly attempts: number };

export type ParkedKeyChange = {
  readonly key: Key;
  readonly state: 'retrying' | 'parked';
  /** When its head is tried again, from the database's now; null with `parked`. */
  readonly retryAfterMs: number | null;
};

export type KeyOrderChange = { readonly key: Key; readonly sequenced: boolean; readonly next: number | null };

export type Settlement<Effect> = {
  /** Where the checkpoint goes; null: it stays (work from the park). */
  readonly toPosition: number | null;
  /** The lane goes on one event at a time: its take-overs without progress stay counted. */
  readonly staysCareful: boolean;
  readonly applied: readonly HandledEvent<Effect>[];
  readonly ignored: number;
  readonly skipped: number;
  readonly discarded: number;
  /** Passed without being handled, by a processor that was too far behind. */
  readonly shed: number;
  /** Copied from the log into the park: failed, or waiting behind. */
  readonly parkFailed: readonly FailedEvent[];
  readonly parkBehind: readonly number[];
  /** Moved from the early events into the park. */
  readonly parkEarly: readonly FailedEvent[];
  /** Copied from the log, moved from the park: into the early events. */
  readonly waitFromLog: readonly number[];
  readonly waitFromPark: readonly number[];
  /** Early events that are done. */
  readonly doneEarly: readonly number[];
  /** Parked events that are done. */
  readonly doneParked: readonly number[];
  /** Parked events that failed (again). */
  readonly failedAgain: readonly FailedEvent[];
  readonly parkedKeys: readonly ParkedKeyChange[];
  /** A key that leaves the park, if nothing of it waits there any more. */
  readonly releaseKey: Key | null;
  /** The key whose park was worked on: an operator's replay of it may end with this. */
  readonly retriedKey: Key | null;
  readonly keyOrders: readonly KeyOrderChange[];
  readonly gap: { readonly key: Key; readonly gap: SkippedGap } | null;
};

export const emptySettlement: Settlement<never> = {
  toPosition: null,
  staysCareful: false,
  applied: [],
  ignored: 0,
  skipped: 0,
  discarded: 0,
  shed: 0,
  parkFailed: [],
  parkBehind: [],
  parkEarly: [],
  waitFromLog: [],
  waitFromPark: [],
  doneEarly: [],
  doneParked: [],
  failedAgain: [],
  parkedKeys: [],
  releaseKey: null,
  retriedKey: null,
  keyOrders: [],
  gap: null,
};

export type RetryPolicy = { readonly attempts: number; readonly retryMs: number };

/** Wait before the attempt after this many: doubled for each one after the first. */
export const retryDelayMs = ({ retryMs }: RetryPolicy, attempts: number): number => retryMs * 2 ** Math.min(attempts - 1, 20);

export const parkedKeyAfter = (key: Key, failure: Failure, attempts: number, policy: RetryPolicy): ParkedKeyChange =>
  isFinal(failure) || attempts >= policy.attempts
    ? { key, state: 'parked', retryAfterMs: null }
    : { key, state: 'retrying', retryAfterMs: retryDelayMs(policy, attempts) };

export type SettleOptions = {
  readonly toPosition: number | null;
  readonly staysCareful?: boolean;
  readonly keys: ReadonlyMap<string, KeyState>;
  readonly policy: RetryPolicy;
  /** Attempts of a parked event before the run at hand failed; 0 for one that never failed before. */
  readonly attemptsSoFar: (event: LogEvent) => number;
};

export const settle = <Effect>(decisions: readonly Decision<Effect>[], options: SettleOptions): Settlement<Effect> => {
  const failed = decisions.filter((decision) => decision.kind === 'failed');
  const attemptsOf = (event: LogEvent) => options.attemptsSoFar(event) + 1;
  const failedFrom = (origin: Origin): FailedEvent[] =>
    failed
      .filter((decision) => decision.origin === origin)
      .map(({ event, failure }) => ({ position: event.position, failure, attempts: attemptsOf(event) }));
  const done = (origin: Origin) => positions(decisions, origin, ['applied', 'ignored', 'skipped']);
  return {
    ...emptySettlement,
    toPosition: options.toPosition,
    staysCareful: options.staysCareful ?? false,
    applied: decisions.filter((decision) => decision.kind === 'applied').map(({ event, effect }) => ({ event, effect })),
    ignored: count(decisions, 'ignored'),
    skipped: count(decisions, 'skipped'),
    shed: count(decisions, 'shed'),
    parkFailed: failedFrom('log'),
    parkBehind: positions(decisions, 'log', ['behind']),
    parkEarly: failedFrom('early'),
    waitFromLog: positions(decisions, 'log', ['early']),
    waitFromPark: positions(decisions, 'park', ['early']),
    doneEarly: done('early'),
    doneParked: done('park'),
    failedAgain: failedFrom('park'),
    parkedKeys: [
      ...failed.map(({ event, failure }) => parkedKeyAfter(keyOf(event), failure, attemptsOf(event), options.policy)),
      ...[...options.keys.values()].filter(({ setAside }) => setAside === true).map(asideKey),
    ],
    keyOrders: [...options.keys.values()].filter(({ orderChanged }) => orderChanged).map(toOrderChange),
  };
};

const keyOf = ({ tenant, systemName, objectId }: Key): Key => ({ tenant, systemName, objectId });

/** Nothing is wrong with it: it is due at once, after those that were due before. */
const asideKey = ({ key }: KeyState): ParkedKeyChange => ({ key, state: 'retrying', retryAfterMs: 0 });

const toOrderChange = ({ key, sequenced, next }: KeyState): KeyOrderChange => ({ key, sequenced: sequenced ?? false, next });

const positions = <Effect>(decisions: readonly Decision<Effect>[], origin: Origin, kinds: readonly Decision<Effect>['kind'][]) =>
  decisions.filter((decision) => decision.origin === origin && kinds.includes(decision.kind)).map(({ event }) => event.position);

const count = <Effect>(decisions: readonly Decision<Effect>[], kind: Decision<Effect>['kind']) =>
  decisions.reduce((sum, decision) => sum + (decision.kind === kind ? 1 : 0), 0);
