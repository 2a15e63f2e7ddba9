// Sends messages to one URL, one after another and in order, each with a time-out and a few tries. Bounded: past it the oldest goes, and is counted.
import type { Clock } from '../../../../engine/clock.ts';

export type DeliveryReport = {
  readonly url: string;
  readonly queued: number;
  readonly sent: number;
  /** Given up: refused by the receiver, or every try failed. */
  readonly failed: number;
  /** Never tried, for the bound of the queue or the end of the process. */
  readonly dropped: number;
  /** Of the last try that failed; empty where there was none. */
  readonly lastError: string;
};

export type DeliveryQueue = AsyncDisposable & { push(body: string): void; report(): DeliveryReport };

/** The status that the receiver answered; throws where it did not. */
export type Post = (url: string, body: string, signal: AbortSignal) => Promise<number>;

export type DeliveryOptions = {
  readonly url: string;
  readonly post: Post;
  readonly clock: Clock;
  readonly capacity: number;
  readonly timeoutMs: number;
  /** The pause before each further try. */
  readonly retryAfterMs: readonly number[];
};

/** 'again': the next try may do better. */
type Outcome = { readonly kind: 'sent' } | { readonly kind: 'refused' | 'again'; readonly why: string };

const isTransient = (status: number): boolean => status >= 500 || status === 429 || status === 408;

export const createDeliveryQueue = ({ url, post, clock, capacity, timeoutMs, retryAfterMs }: DeliveryOptions): DeliveryQueue => {
  const waiting: string[] = [];
  const stop = new AbortController();
  let [sent, failed, dropped, lastError]: [number, number, number, string] = [0, 0, 0, ''];
  let draining: Promise<void> | null = null;

  const attempt = async (body: string): Promise<Outcome> => {
    const bounded = new AbortController();
    const answer = post(url, body, AbortSignal.any([bounded.signal, stop.signal])).then(
      (status): Outcome => {
        if (status >= 200 && status < 300) return { kind: 'sent' };
        return { kind: isTransient(status) ? 'again' : 'refused', why: `answered ${status}` };
      },
      (error: Error): Outcome => ({ kind: 'again', why: error.message }),
    );
    const late = clock.sleep(timeoutMs, bounded.signal).then((): Outcome => ({ kind: 'again', why: `no answer within ${timeoutMs} ms` }));
    const outcome = await Promise.race([answer, late]);
    bounded.abort();
    return outcome;
  };

  const deliver = async (body: string): Promise<Outcome> => {
    let outcome = await attempt(body);
    for (const pauseMs of retryAfterMs) {
      if (outcome.kind !== 'again' || stop.signal.aborted) return outcome;
      lastError = outcome.why;
      await clock.sleep(pauseMs, stop.signal);
      if (!stop.signal.aborted) outcome = await attempt(body);
    }
    return outcome;
  };

  const drain = async (): Promise<void> => {
    for (let body = waiting.shift(); body !== undefined; body = waiting.shift()) {
      const outcome = await deliver(body);
      if (outcome.kind === 'sent') sent += 1;
      else [failed, lastError] = [failed + 1, outcome.why];
    }
    draining = null;
  };

  return {
    push: (body) => {
      if (stop.signal.aborted || waiting.length >= capacity) dropped += 1;
      if (stop.signal.aborted) return;
      if (waiting.length >= capacity) waiting.shift();
      waiting.push(body);
      draining ??= drain();
    },
    report: () => ({ url, queued: waiting.length, sent, failed, dropped, lastError }),
    [Symbol.asyncDispose]: async () => {
      dropped += waiting.length;
      waiting.length = 0;
      stop.abort();
      await draining;
    },
  };
};
