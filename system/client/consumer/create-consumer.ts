// A consumer over HTTP: it keeps its leases, reads ahead a page of each lane, hands events out one at a time, and checkpoints what is done with.
import { randomUUID } from 'node:crypto';
import { systemTiming } from '../timing.ts';
import { type ConsumerApi, createConsumerApi } from './consumer-api.ts';
import type { ConsumedEvent } from './consumed-event.ts';
import { ConsumerError } from './consumer-error.ts';
import { type ConsumerOptions, type ConsumerSettings, readConsumerOptions } from './consumer-options.ts';
import { type ConsumerPorts, type ConsumerState, createConsumerState } from './consumer-state.ts';
import { createLease, type Lease } from './lease.ts';
import { createReadAhead } from './read-ahead.ts';

export type ConsumerStats = {
  readonly lanes: number;
  readonly events: number;
  readonly checkpoints: number;
  /** Lanes that were found to be another's by a checkpoint. */
  readonly fenced: number;
  /** Positions that retention took before they were read (`onGone: 'skip'`). */
  readonly skipped: number;
  readonly failures: number;
  readonly lastFailure: string | null;
};

export type Consumer = AsyncIterable<ConsumedEvent> &
  AsyncDisposable & {
    /** Ends the iteration, checkpoints what is done with, and gives the lanes back. Settles, also where nobody answers. */
    close(): Promise<void>;
    stats(): ConsumerStats;
  };

const closeWithinMs = 5000;

/**
 * At least once: an event is done with when the next one is asked for, and comes again where its checkpoint was not sent. Throws a ConsumerError `options`.
 * One iteration at a time; the caller closes it (`close`, or `await using`).
 */
export const createConsumer = (options: ConsumerOptions): Consumer => {
  const settings = readConsumerOptions(options, () => `node-${process.pid}-${randomUUID().slice(0, 8)}`);
  const fetch = options.fetch ?? ((url, init) => globalThis.fetch(url, init));
  const consumer = createConsumerOn(settings, createConsumerApi(settings, fetch, systemTiming.dateMs), {
    timing: systemTiming,
    random: Math.random,
  });
  const { signal } = options;
  if (signal?.aborted === true) void consumer.close();
  else signal?.addEventListener('abort', () => void consumer.close(), { once: true });
  return consumer;
};

/** For tests, which hold the time and the answers. */
export const createConsumerOn = (settings: ConsumerSettings, api: ConsumerApi, ports: ConsumerPorts): Consumer => {
  const state = createConsumerState(ports);
  const { held, counts } = state;
  const pump = createReadAhead(state, api, ports.timing, settings.onGone);
  const save = async (signal: AbortSignal) => {
    const due = held.checkpoints();
    if (due.length === 0) return;
    const results = await api.checkpoint(due, signal);
    counts.checkpoints += results.length;
    counts.fenced += held.settle(results);
  };
  const lease = createLease(state, api, ports.timing, settings.leaseMs);
  const start = async () => {
    await makeOnce(state, api, settings.start);
    const joining = state.every(settings.leaseMs / 3, async () => {
      await lease.renew();
      pump();
    });
    await Promise.all([joining, state.every(settings.checkpointMs, () => save(state.signal))]);
  };
  let running: Promise<unknown> | null = null;
  let closing: Promise<void> | null = null;
  const hands = { areFull: false };
  const close = async () => {
    state.stop();
    const limit = AbortSignal.timeout(closeWithinMs);
    await running;
    // What fails here is another's to do again: the lease runs out, and the events come again.
    await save(limit).catch(() => undefined);
    await api.leave(limit).catch(() => undefined);
  };
  return {
    [Symbol.asyncIterator]: () => {
      running ??= start();
      return handOut({ state, lease, pump, hands });
    },
    close: () => (closing ??= close()),
    stats: () => ({ lanes: held.lanes, ...counts, lastFailure: state.lastFailure?.message ?? null }),
    [Symbol.asyncDispose]: () => (closing ??= close()),
  };
};

const makeOnce = async (state: ConsumerState, api: ConsumerApi, start: ConsumerSettings['start']): Promise<void> => {
  let isThere = start === null;
  for (let failures = 1; !isThere && !state.isOver; failures += 1) {
    try {
      await api.create(start!, state.signal);
      isThere = true;
    } catch (error) {
      state.note(error);
      await state.backOff(failures, error);
    }
  }
};

type HandOut = {
  readonly state: ConsumerState;
  readonly lease: Lease;
  readonly pump: () => void;
  readonly hands: { areFull: boolean };
};

async function* handOut({ state, lease, pump, hands }: HandOut): AsyncGenerator<ConsumedEvent, void, undefined> {
  const { held, counts } = state;
  // Which of two events in hand is done with can't be told when a third is asked for.
  if (hands.areFull)
    throw new ConsumerError(
      'iterating',
      'The consumer is iterated over already: end that first, or make another consumer with another `instance`.',
    );
  hands.areFull = true;
  try {
    while (!state.signal.aborted) {
      if (state.fatal !== null) throw state.fatal;
      lease.giveUpWhenOver();
      const event = held.next();
      if (event === null) {
        pump();
        await state.woken();
        continue;
      }
      counts.events += 1;
      yield event;
      held.finish();
      pump();
    }
  } finally {
    held.abandon();
    hands.areFull = false;
  }
}
