// Whatever is refused, lost, late or given up: each promise ends once, nothing is doubled or lost behind an acceptance, and order per key is kept.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ErrorCodeName } from '../contract/error-codes.ts';
import type { EventBody } from '../contract/event.ts';
import { isProducerError } from './producer-error.ts';
import { createBench, event, type FakeRequest, type Step } from './testing.ts';

const itemCodes: readonly (ErrorCodeName | null)[] = [
  null,
  null,
  null,
  'overloaded',
  'commit_unknown',
  'internal',
  'storage_unavailable',
  'invalid_event',
];

/** What the ingest does with one request; drawn as numbers, so that a failing case shrinks. */
const stepOf = ([kind, pick, delayMs, stored]: readonly [number, number, number, boolean]): Step => {
  const base = { delayMs };
  if (kind < 3) return { ...base, accept: true };
  if (kind === 3) return { ...base, refuse: 'overloaded', retryAfter: String(pick % 3) };
  if (kind === 4) return { ...base, refuse: 'commit_unknown', stored };
  if (kind === 5) return { ...base, lose: 'ECONNRESET', stored };
  if (kind === 6) return { ...base, lose: 'ECONNREFUSED' };
  if (kind === 7) return { ...base, answer: { status: 502, text: '<html>' }, stored };
  if (kind === 8) return { ...base, refuse: 'payload_too_large' };
  if (kind === 9) return { ...base, hang: true, stored };
  const codeOf = (_event: EventBody, index: number) => itemCodes[(pick + index * 7) % itemCodes.length] ?? null;
  return { ...base, items: codeOf };
};

const step = fc.tuple(fc.nat(11), fc.nat(50), fc.nat(40), fc.boolean()).map((drawn) => ({ drawn, step: stepOf(drawn) }));
const sending = fc.record({ key: fc.nat(3), waitMs: fc.nat(30), size: fc.nat(400), abortAfterMs: fc.option(fc.nat(200), { freq: 8 }) });
const options = fc.record({
  maxBatchEvents: fc.integer({ min: 1, max: 6 }),
  lingerMs: fc.nat(10),
  maxInFlightRequests: fc.integer({ min: 1, max: 3 }),
  overflow: fc.constantFrom('wait' as const, 'reject' as const, 'drop-oldest' as const),
  maxBufferBytes: fc.integer({ min: 4096, max: 16_384 }),
  deliveryTimeoutMs: fc.constantFrom(300, 2000, 60_000),
  ordering: fc.constantFrom('key' as const, 'key' as const, 'none' as const),
});

type End = { readonly id: string; readonly kind: 'accepted' | 'definite' | 'indefinite'; readonly code?: string };

const run = async (given: {
  readonly sendings: readonly { key: number; waitMs: number; size: number; abortAfterMs: number | null }[];
  readonly steps: readonly { step: Step }[];
  readonly settings: Readonly<Record<string, unknown>>;
  readonly seed: number;
}) => {
  const clashes: string[] = [];
  const queue = given.steps.map((one) => one.step);
  const decide = (request: FakeRequest): Step => {
    const flying = [...bench.ingest.inFlight].flatMap(({ events }) => events.map(({ object_id: key }) => key));
    if (given.settings['ordering'] === 'key' && new Set(flying).size < flying.length) clashes.push(flying.join(' '));
    if (bench.producer.stats().bufferedBytes > Number(given.settings['maxBufferBytes'])) clashes.push('over the buffer');
    if (request.events.length > Number(given.settings['maxBatchEvents'])) clashes.push('over the batch');
    return queue.shift() ?? { accept: true };
  };
  let state = given.seed;
  const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  const bench = createBench({ requestTimeoutMs: 250, maxBatchBytes: 2048, ...given.settings }, { decide, random });
  const { producer, timing, ingest } = bench;
  const ends: End[] = [];
  for (const [index, { key, waitMs, size, abortAfterMs }] of given.sendings.entries()) {
    const id = `e-${index}`;
    const abort = new AbortController();
    if (abortAfterMs !== null) timing.after(abortAfterMs, () => abort.abort());
    producer.send(event({ id, object_id: `k-${key}`, metadata: { text: 'x'.repeat(size) } }), { signal: abort.signal }).then(
      () => ends.push({ id, kind: 'accepted' }),
      (error: unknown) => {
        if (!isProducerError(error)) throw error;
        ends.push({ id, kind: error.outcome, code: error.code });
      },
    );
    await timing.advance(waitMs);
  }
  return { ...bench, ends, clashes, ingest };
};

/** The keys whose events are not in the log in the order of `send`. */
const disorder = (log: readonly EventBody[]): readonly string[] =>
  [...Map.groupBy(log, ({ object_id: key }) => key)].flatMap(([key, events]) => {
    const numbers = events.map(({ id }) => Number(id!.slice(2)));
    return numbers.every((number, index) => index === 0 || number > numbers[index - 1]!) ? [] : [`${key}: ${numbers.join(' ')}`];
  });

test('nothing is lost or doubled, and each promise ends once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(sending, { minLength: 1, maxLength: 40 }),
      fc.array(step, { maxLength: 40 }),
      options,
      fc.integer({ min: 1, max: 2_147_483_646 }),
      async (sendings, steps, settings, seed) => {
        const { producer, timing, ingest, ends, clashes } = await run({ sendings, steps, settings, seed });
        await timing.advance(400_000);
        const stored = ingest.log.map(({ id }) => id!);
        expect(clashes).toEqual([]);
        expect(ends.map(({ id }) => id).toSorted()).toEqual(sendings.map((_sending, index) => `e-${index}`).toSorted());
        expect(new Set(stored).size).toBe(stored.length);
        expect(ends.filter(({ id, kind }) => kind === 'accepted' && !stored.includes(id))).toEqual([]);
        expect(ends.filter(({ id, kind }) => kind === 'definite' && stored.includes(id))).toEqual([]);
        expect(settings.ordering === 'key' ? disorder(ingest.log) : []).toEqual([]);
        const { sent, accepted, failed, unsettled, ...rest } = producer.stats();
        expect([sent, unsettled]).toEqual([sendings.length, 0]);
        expect(accepted + Object.values(failed).reduce((sum, count) => sum + count, 0)).toBe(sent);
        expect(rest).toMatchObject({ bufferedEvents: 0, bufferedBytes: 0, waitingEvents: 0, waitingBytes: 0, inFlightRequests: 0 });
        expect(ingest.mostInFlight).toBeLessThanOrEqual(settings.maxInFlightRequests);
        expect(timing.timers).toBe(0);
      },
    ),
    { numRuns: 300 },
  );
});

test('closed in the middle: what remained and what ended before are all there was', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(sending, { minLength: 1, maxLength: 30 }),
      fc.array(step, { maxLength: 30 }),
      options,
      fc.nat(300),
      async (sendings, steps, settings, timeoutMs) => {
        const { producer, timing, ingest, ends } = await run({ sendings, steps, settings, seed: 1 + timeoutMs });
        const before = ends.length;
        const closing = producer.close({ timeoutMs });
        await timing.advance(timeoutMs);
        const { remaining } = await closing;
        await timing.advance(0);
        const closed = ends.filter(({ code }) => code === 'FL_CLIENT_CLOSED');
        expect(ends).toHaveLength(sendings.length);
        expect(before + remaining.length).toBeLessThanOrEqual(sendings.length);
        expect(remaining.map(({ event: { id }, outcome }) => [id, outcome])).toEqual(closed.map(({ id, kind }) => [id, kind]));
        const stored = new Set(ingest.log.map(({ id }) => id));
        expect(closed.filter(({ id, kind }) => kind === 'definite' && stored.has(id))).toEqual([]);
        await timing.advance(400_000);
        expect(timing.timers).toBe(0);
      },
    ),
    { numRuns: 150 },
  );
});
