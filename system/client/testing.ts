// For tests of the client: time that moves by hand, and an ingest in memory behind a fetch that answers, refuses, loses and hangs as told.
import { type ErrorCodeName, errorCodes } from '../contract/error-codes.ts';
import type { EventBody } from '../contract/event.ts';
import { createProducerOn, type Producer, type ProducerPorts } from './producer.ts';
import { type ProducerOptions, readOptions } from './producer-options.ts';
import type { Timing } from './timing.ts';
import type { Fetch } from './transport.ts';

export type FakeTiming = Timing & {
  /** Runs what is due, in order of time, and lets promises settle in between. */
  advance(byMs: number): Promise<void>;
  readonly timers: number;
};

export const createFakeTiming = (): FakeTiming => {
  let nowMs = 0;
  let timers: { readonly atMs: number; readonly run: () => void }[] = [];
  const after = (delayMs: number, run: () => void) => {
    const timer = { atMs: nowMs + Math.max(delayMs, 0), run };
    timers.push(timer);
    return () => void (timers = timers.filter((other) => other !== timer));
  };
  const settle = () => new Promise<void>((resolve) => void setImmediate(resolve));
  return {
    nowMs: () => nowMs,
    dateMs: () => Date.UTC(2026, 0, 1) + nowMs,
    after,
    soon: (run) => void after(0, run),
    get timers() {
      return timers.length;
    },
    advance: async (byMs) => {
      const untilMs = nowMs + byMs;
      for (;;) {
        await settle();
        const next = timers.reduce<(typeof timers)[number] | null>(
          (first, timer) => (first && first.atMs <= timer.atMs ? first : timer),
          null,
        );
        if (!next || next.atMs > untilMs) break;
        timers = timers.filter((other) => other !== next);
        nowMs = Math.max(nowMs, next.atMs);
        next.run();
      }
      nowMs = untilMs;
    },
  };
};

/** What becomes of a request. `stored`: the events are in the log all the same. */
export type Step = { readonly delayMs?: number } & (
  | { readonly accept: true }
  | { readonly refuse: ErrorCodeName; readonly retryAfter?: string; readonly details?: unknown; readonly stored?: boolean }
  /** Null: this one is accepted. */
  | { readonly items: (event: EventBody, index: number) => ErrorCodeName | null; readonly stored?: boolean }
  | { readonly lose: string; readonly stored?: boolean }
  | { readonly answer: { readonly status: number; readonly text: string }; readonly stored?: boolean }
  | { readonly hang: true; readonly stored?: boolean }
);

export type FakeRequest = {
  readonly atMs: number;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly events: readonly EventBody[];
};

export type FakeIngest = {
  readonly fetch: Fetch;
  readonly requests: FakeRequest[];
  /** Taken in turn, then everything is accepted. */
  readonly steps: Step[];
  readonly log: EventBody[];
  readonly inFlight: Set<FakeRequest>;
  /** Overlooks what was in flight together: two of a key, or more than it may be. */
  readonly mostInFlight: number;
};

export const createFakeIngest = (timing: Timing, decide: (request: FakeRequest) => Step = () => ({ accept: true })): FakeIngest => {
  const requests: FakeRequest[] = [];
  const steps: Step[] = [];
  const log: EventBody[] = [];
  const ids = new Map<string, number>();
  const inFlight = new Set<FakeRequest>();
  let mostInFlight = 0;

  const append = (event: EventBody) => {
    const identity = JSON.stringify([event.system_name, event.id]);
    const known = ids.get(identity);
    if (known !== undefined) return { status: 200, id: known, duplicate: true, event_time_source: 'client', idempotency_key: event.id };
    log.push(event);
    ids.set(identity, log.length);
    return { status: 200, id: log.length, duplicate: false, event_time_source: 'client', idempotency_key: event.id };
  };
  const answer = async (request: FakeRequest, step: Step, signal: AbortSignal) => {
    await pause(timing, step.delayMs ?? 1, signal);
    if ('stored' in step && step.stored) request.events.forEach(append);
    if ('accept' in step) return json(200, { results: request.events.map(append) });
    if ('items' in step) return json(200, { results: request.events.map((event, index) => itemOf(step, event, index, append)) });
    if ('refuse' in step) return json(errorCodes[step.refuse].status, refusal(step.refuse, step.details), step.retryAfter);
    if ('answer' in step) return reply(step.answer.status, step.answer.text);
    if ('lose' in step) throw new TypeError('fetch failed', { cause: Object.assign(new Error(step.lose), { code: step.lose }) });
    return pause(timing, 1e9, signal) as never;
  };
  return {
    requests,
    steps,
    log,
    inFlight,
    get mostInFlight() {
      return mostInFlight;
    },
    fetch: async (url, { headers, body, signal }) => {
      const events = body
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as EventBody);
      const request = { atMs: timing.nowMs(), url, headers, events };
      requests.push(request);
      inFlight.add(request);
      mostInFlight = Math.max(mostInFlight, inFlight.size);
      try {
        return await answer(request, steps.shift() ?? decide(request), signal);
      } finally {
        inFlight.delete(request);
      }
    },
  };
};

const itemOf = (
  { items, stored = false }: Extract<Step, { items: unknown }>,
  event: EventBody,
  index: number,
  append: (event: EventBody) => unknown,
): unknown => {
  const code = items(event, index);
  if (code === null || (stored && errorCodes[code].outcome === 'definite')) return append(event);
  return { status: errorCodes[code].status, ...refusal(code) };
};

const refusal = (code: ErrorCodeName, details?: unknown) => ({
  error: { code, message: `${code} of the fake`, ...(details !== undefined && { details }) },
});

const json = (status: number, body: unknown, retryAfter?: string) => reply(status, JSON.stringify(body), retryAfter);

const reply = (status: number, text: string, retryAfter?: string) => ({
  status,
  headers: { get: (name: string) => (name === 'retry-after' ? (retryAfter ?? null) : null) },
  text: async () => text,
});

const pause = (timing: Timing, delayMs: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const cancel = timing.after(delayMs, resolve);
    const onAbort = () => {
      cancel();
      reject(signal.reason as Error);
    };
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
  });

export type Bench = { readonly timing: FakeTiming; readonly ingest: FakeIngest; readonly producer: Producer };

/** A producer before an ingest in memory. `random` is 0.5, so that a jitter is half of its bound; ids are id-1, id-2 … */
export const createBench = (
  options: Partial<ProducerOptions> = {},
  { decide, ...ports }: Partial<ProducerPorts> & { readonly decide?: (request: FakeRequest) => Step } = {},
): Bench => {
  const timing = createFakeTiming();
  const ingest = createFakeIngest(timing, decide);
  let ids = 0;
  const producer = createProducerOn(readOptions({ url: 'http://127.0.0.1:4000', ...options }), {
    fetch: ingest.fetch,
    timing,
    random: () => 0.5,
    newId: () => `id-${(ids += 1)}`,
    traceContext: () => null,
    ...ports,
  });
  return { timing, ingest, producer };
};

export const event = (more: Partial<EventBody> = {}): EventBody => ({
  system_name: 'shop',
  object_id: 'order-1',
  event_name: 'placed',
  event_time: '2026-01-01T00:00:00Z',
  metadata: {},
  ...more,
});

/** The promise's end as data; `pending` while there is none. */
export type Watched = { state: 'pending' | 'accepted' | 'failed'; value?: unknown };

export const watch = (promise: Promise<unknown>): Watched => {
  const watched: Watched = { state: 'pending' };
  promise.then(
    (value) => Object.assign(watched, { state: 'accepted', value }),
    (value: unknown) => Object.assign(watched, { state: 'failed', value }),
  );
  return watched;
};
