// A producer: takes events, and answers each one. This wires its parts; time, chance and the network come in from outside.
import type { Accepted, EventBody } from '../contract/event.ts';
import { createAbortWatch } from './abort-watch.ts';
import { abortable } from './abortable.ts';
import { type BufferCounts, createAdmission } from './admission.ts';
import { type Books, createBookkeeper } from './books.ts';
import { type Closed, createClosing } from './closing.ts';
import { createDispatcher, type DispatcherCounts } from './dispatcher.ts';
import { createEntry, type Entry } from './entry.ts';
import { type Failure, ownFailure, ProducerError } from './producer-error.ts';
import type { ProducerSettings } from './producer-options.ts';
import { createSendOrder } from './send-order.ts';
import { createSettlement, type Settlement } from './settlement.ts';
import type { Timing } from './timing.ts';
import type { TraceContext } from './trace-context.ts';
import { createPost, type Fetch } from './transport.ts';
import { createUnsettled, type Unsettled } from './unsettled.ts';

export type ProducerStats = Books &
  BufferCounts &
  DispatcherCounts & {
    /** Events whose promise is pending: sent = accepted + failed + unsettled. */
    readonly unsettled: number;
    /** Of `failed`: what `drop-oldest` gave up. */
    readonly dropped: number;
  };

type Waiting = { readonly signal?: AbortSignal };

export type Producer = AsyncDisposable & {
  /**
   * Resolves with the system's answer once the event is durable; rejects with a ProducerError where it is refused, or has no answer within
   * `deliveryTimeoutMs`. Retries are its own, always with the same `id`: the event's, or one that it is given. Aborting gives up the wait alone: a request
   * that is on its way may still arrive.
   */
  send(event: EventBody, options?: Waiting): Promise<Accepted>;
  /** Resolves when the buffer has room: for who does not await the answer of one `send` before the next. Rejects once the producer is closed. */
  ready(options?: Waiting): Promise<void>;
  /** Sends without lingering, and resolves when all events that were sent before have their answer, whatever it is. */
  flush(options?: Waiting): Promise<void>;
  /** Takes no more events, flushes for at most `timeoutMs` (`closeTimeoutMs`), gives up what is left, and says what that was. Never rejects. */
  close(options?: { readonly timeoutMs?: number }): Promise<Closed>;
  stats(): ProducerStats;
};

export type ProducerPorts = {
  readonly fetch: Fetch;
  readonly timing: Timing;
  /** 0 to 1, 1 excluded. */
  readonly random: () => number;
  readonly newId: () => string;
  readonly traceContext: () => TraceContext | null;
};

const lastOf = ({ lastFailure }: Entry): string => (lastFailure === null ? '' : ` The last one: ${lastFailure.message}`);

export const createProducerOn = (settings: ProducerSettings, ports: ProducerPorts): Producer => {
  const { timing, random, newId, traceContext } = ports;
  const books = createBookkeeper();
  const order = createSendOrder();
  const unsettled: Unsettled = createUnsettled({ ...settings, timing, expire: (entry) => expire(entry) });
  const settlement: Settlement = createSettlement({ books, told: unsettled.remove, release: (entry) => release(entry) });
  const { settle, giveUp } = settlement;
  const isUrgent = () => unsettled.isAwaited;
  const dispatcher = createDispatcher({ settings, order, post: createPost({ ...settings, ...ports }), timing, random, isUrgent, settle });
  const enter = (entry: Entry): void => {
    order.enter(entry);
    dispatcher.wake();
  };
  const drop = (entry: Entry) => giveUp(entry, 'FL_CLIENT_DROPPED', 'The buffer was full, and a newer event took its place.');
  const admission = createAdmission({ settings, unsettled, timing, enter, drop });
  const release = (entry: Entry): void => {
    order.leave(entry);
    admission.leave(entry);
    dispatcher.wake();
  };
  const expire = (entry: Entry) =>
    giveUp(
      entry,
      'FL_CLIENT_TIMED_OUT',
      `No answer within ${settings.deliveryTimeoutMs} ms, in ${entry.attempts} attempts.${lastOf(entry)}`,
    );
  const flush = (): Promise<void> => {
    const settled = unsettled.whenSettled();
    dispatcher.wake();
    return settled;
  };
  const closeOne = (entry: Entry) => giveUp(entry, 'FL_CLIENT_CLOSED', 'The producer was closed before there was an answer.');
  const closing = createClosing({ unsettled, timing, flush, giveUp: closeOne, stop: dispatcher.stop });
  const close = (timeoutMs: number): Promise<Closed> => {
    admission.close(new ProducerError(closedAlready()));
    return closing.close(timeoutMs);
  };

  const aborts = createAbortWatch();
  let number = 0;
  const take = (event: EventBody, signal: AbortSignal | undefined, promise: Pick<Entry, 'resolve' | 'reject'>): void => {
    books.sent();
    const trace = settings.traceContext ? traceContext() : null;
    const entry = createEntry(event, { ...settings, ...promise, number: (number += 1), trace, sentAtMs: timing.nowMs(), newId });
    const refusal =
      'code' in entry ? entry : closing.isClosed ? closedAlready() : signal?.aborted ? aborted(signal) : admission.admit(entry);
    if (refusal === null) return follow(entry as Entry, signal);
    const error = new ProducerError(refusal, 'code' in entry ? undefined : entry);
    books.failed(error);
    promise.reject(error);
  };
  const follow = (entry: Entry, signal: AbortSignal | undefined): void => {
    unsettled.add(entry);
    if (!signal) return;
    entry.stopListening = aborts.add(signal, () => giveUp(entry, 'FL_CLIENT_ABORTED', abortedMessage, signal.reason));
  };

  return {
    send: (event, { signal } = {}) => new Promise((resolve, reject) => take(event, signal, { resolve, reject })),
    ready: ({ signal } = {}) => abortable(admission.ready(), signal),
    flush: ({ signal } = {}) => abortable(flush(), signal),
    close: ({ timeoutMs = settings.closeTimeoutMs } = {}) => close(timeoutMs),
    stats: () => {
      const { failed, ...rest } = books.read();
      const dropped = failed['FL_CLIENT_DROPPED'] ?? 0;
      return { ...rest, failed, unsettled: unsettled.size, dropped, ...admission.counts(), ...dispatcher.counts() };
    },
    [Symbol.asyncDispose]: async () => void (await close(settings.closeTimeoutMs)),
  };
};

const abortedMessage = 'The signal was aborted before there was an answer.';

const aborted = ({ reason }: AbortSignal): Failure => ownFailure('FL_CLIENT_ABORTED', abortedMessage, { cause: reason });

const closedAlready = (): Failure => ownFailure('FL_CLIENT_CLOSED', 'The producer is closed: it takes no more events.');
