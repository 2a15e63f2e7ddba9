// Sends what is due, a few requests at a time, and none while the back-off says so. What became of an event is for its settlement to say.
import type { ItemOutcome } from './answer.ts';
import { longestRetryAfterMs } from '../contract/retry-after.ts';
import { createBackOff, fullJitterMs } from './back-off.ts';
import { createSizeKeeper } from './batch-size.ts';
import type { Entry } from './entry.ts';
import type { Failure } from './producer-error.ts';
import type { ProducerSettings } from './producer-options.ts';
import type { SendOrder } from './send-order.ts';
import { createStop, type Stop } from './stop.ts';
import type { Timing } from './timing.ts';
import type { BatchOutcome, Post } from './transport.ts';

export type DispatcherOptions = {
  readonly settings: ProducerSettings;
  readonly order: SendOrder;
  readonly post: Post;
  readonly timing: Timing;
  readonly random: () => number;
  /** Someone waits for all to be sent: nothing lingers. */
  readonly isUrgent: () => boolean;
  /** Told for each event of a request that ended. */
  readonly settle: (entry: Entry, outcome: ItemOutcome) => 'again' | 'gone';
};

export type DispatcherCounts = {
  readonly requests: number;
  readonly requestsFailed: number;
  readonly retries: number;
  readonly inFlightRequests: number;
  /** How long nobody sends from now on. */
  readonly backOffMs: number;
  /** Why the last request that failed did, while none has succeeded since: what the events wait for. */
  readonly lastFailure: Pick<Failure, 'code' | 'message'> | null;
};

export type Dispatcher = {
  counts(): DispatcherCounts;
  /** Something may be due. */
  wake(): void;
  /** Nothing more is sent, and what is on its way is cut off. */
  stop(): void;
};

export const createDispatcher = (options: DispatcherOptions): Dispatcher => {
  const { settings, order, post, timing, random } = options;
  const counts = { requests: 0, requestsFailed: 0, retries: 0, inFlightRequests: 0, lastFailure: noFailure };
  const backOff = createBackOff(settings, random);
  const size = createSizeKeeper(settings);
  const stopping = createStop();
  const rest = createRest(timing, stopping);
  let isAwake = false;
  let disarm: (() => void) | null = null;
  stopping.onStop(() => disarm?.());

  // After a failure one request finds out whether it is over, not all of them.
  const hasSlot = () => counts.inFlightRequests < (backOff.failures > 0 ? 1 : settings.maxInFlightRequests);
  const batchLimits = () => ({ ...size.current, lingerMs: options.isUrgent() ? 0 : settings.lingerMs });

  const wake = (): void => {
    if (isAwake || stopping.isStopped) return;
    isAwake = true;
    timing.soon(pump);
  };
  const pump = (): void => {
    isAwake = false;
    if (stopping.isStopped) return;
    const nowMs = timing.nowMs();
    while (hasSlot() && nowMs >= backOff.untilMs) {
      const batch = order.take(batchLimits(), nowMs);
      if (batch.length === 0) break;
      void send(batch, nowMs);
    }
    arm(nowMs);
  };
  const arm = (nowMs: number): void => {
    disarm?.();
    // Without a slot, the answer that frees one wakes it.
    const dueAtMs = hasSlot() ? order.dueAtMs(batchLimits()) : null;
    disarm = dueAtMs === null ? null : timing.after(Math.max(dueAtMs, backOff.untilMs) - nowMs, wake);
  };
  const send = async (batch: readonly Entry[], sentAtMs: number): Promise<void> => {
    counts.requests += 1;
    counts.inFlightRequests += 1;
    counts.retries += depart(batch);
    const outcome = await post(batch, stopping);
    counts.inFlightRequests -= 1;
    for (const entry of batch) entry.isInFlight = false;
    counts.lastFailure = outcome.kind === 'failed' ? inShort(outcome.failure) : null;
    if (outcome.kind === 'failed') counts.requestsFailed += 1;
    if (isPressure(outcome)) backOff.failed(sentAtMs, timing.nowMs(), retryAfterOf(outcome));
    else backOff.succeeded();
    end(batch, outcome);
    wake();
  };
  const end = (batch: readonly Entry[], outcome: BatchOutcome): void => {
    const isTooLarge = size.lower(outcome, batch);
    const again = batch.filter((entry, index) => options.settle(entry, itemOf(outcome, index, isTooLarge)) === 'again');
    if (outcome.kind === 'failed') return order.giveBack(again);
    if (again.length === 0) return;
    // Others go on meanwhile: what is refused by itself holds back its own key alone.
    rest(fullJitterMs(mostAttempts(again), settings, random), () => {
      order.giveBack(again.filter(({ isGone }) => !isGone));
      wake();
    });
  };

  return {
    counts: () => ({ ...counts, backOffMs: Math.max(0, backOff.untilMs - timing.nowMs()) }),
    wake,
    stop: stopping.stop,
  };
};

const noFailure = null as DispatcherCounts['lastFailure'];

const inShort = ({ code, message }: Failure): DispatcherCounts['lastFailure'] => ({ code, message });

/** How many of them go again. */
const depart = (batch: readonly Entry[]): number => {
  for (const entry of batch) {
    entry.attempts += 1;
    entry.isInFlight = true;
  }
  return batch.filter(({ attempts }) => attempts > 1).length;
};

const mostAttempts = (entries: readonly Entry[]): number => entries.reduce((most, { attempts }) => Math.max(most, attempts), 0);

/** Runs after a time, unless it is stopped before: a timer must not keep a process alive that has closed its producer. */
const createRest =
  (timing: Timing, { onStop }: Stop) =>
  (delayMs: number, run: () => void): void => {
    const cancel = timing.after(delayMs, () => {
      forget();
      run();
    });
    const forget = onStop(cancel);
  };

/** The whole was refused or lost, or the system said of one event that it has too much to do: nobody sends for a while. */
const isPressure = (outcome: BatchOutcome): boolean =>
  outcome.kind === 'failed' ? outcome.failure.retryable : outcome.items.some((item) => item.kind === 'refused' && isTooMuch(item.failure));

/** An item of a batch has no header: it says in its details when to come back, and the longest of them counts. */
const retryAfterOf = (outcome: BatchOutcome): number | null => {
  if (outcome.kind === 'failed') return outcome.retryAfterMs;
  const saidMs = outcome.items.flatMap((item) => {
    const seconds =
      item.kind === 'refused'
        ? (item.failure.details as { readonly retry_after_seconds?: unknown } | undefined)?.retry_after_seconds
        : null;
    return typeof seconds === 'number' && seconds >= 0 ? [Math.min(seconds * 1000, longestRetryAfterMs)] : [];
  });
  return saidMs.length === 0 ? null : Math.max(...saidMs);
};

const tooMuch = new Set<string>(['overloaded', 'disk_budget_used', 'shutting_down']);
const isTooMuch = ({ code, status }: Failure): boolean => tooMuch.has(code) || status === 429;

const itemOf = (outcome: BatchOutcome, index: number, isTooLarge: boolean): ItemOutcome => {
  if (outcome.kind === 'failed')
    return { kind: 'refused', failure: isTooLarge ? { ...outcome.failure, retryable: true } : outcome.failure };
  const item = outcome.items[index];
  if (!item) throw new RangeError(`The transport gave ${outcome.items.length} items; there is none for event ${index}.`);
  return item;
};
