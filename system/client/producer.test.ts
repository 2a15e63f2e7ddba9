import { describe, expect, test } from 'vitest';
import type { ErrorCodeName } from '../contract/error-codes.ts';
import { createBench, event, type Step, watch } from './testing.ts';

const objects = (count: number, prefix = 'o') => Array.from({ length: count }, (_, index) => event({ object_id: `${prefix}-${index}` }));
const sizes = ({ requests }: { requests: readonly { readonly events: readonly unknown[] }[] }) =>
  requests.map(({ events }) => events.length);

describe('batches', () => {
  test('events of a while go in one request, after the linger, each with its own answer', async () => {
    const { producer, ingest, timing } = createBench({ lingerMs: 5 });
    const answers = objects(3).map((one) => watch(producer.send(one)));
    await timing.advance(4);
    expect(ingest.requests).toEqual([]);
    await timing.advance(10);
    expect(sizes(ingest)).toEqual([3]);
    expect(ingest.requests[0]).toMatchObject({
      atMs: 5,
      url: 'http://127.0.0.1:4000/events/batch',
      headers: { 'content-type': 'application/x-ndjson' },
    });
    expect(answers.map(({ value }) => value)).toEqual(
      [1, 2, 3].map((id) => ({ id, duplicate: false, event_time_source: 'client', idempotency_key: `id-${id}` })),
    );
  });

  test('a batch that is full by count, or by bytes, does not linger', async () => {
    const byCount = createBench({ lingerMs: 1000, maxBatchEvents: 2 });
    objects(5).forEach((one) => watch(byCount.producer.send(one)));
    await byCount.timing.advance(10);
    expect(sizes(byCount.ingest)).toEqual([2, 2]);
    const byBytes = createBench({ lingerMs: 1000, maxBatchBytes: 1024 });
    objects(3).forEach((one) => watch(byBytes.producer.send({ ...one, metadata: { text: 'x'.repeat(400) } })));
    await byBytes.timing.advance(10);
    expect(sizes(byBytes.ingest)).toEqual([1, 1]);
    await byBytes.timing.advance(1000);
    expect(sizes(byBytes.ingest)).toEqual([1, 1, 1]);
  });

  test('no more requests at a time than allowed; what comes meanwhile makes larger batches', async () => {
    const { producer, ingest, timing } = createBench(
      { lingerMs: 0, maxInFlightRequests: 2 },
      { decide: () => ({ accept: true, delayMs: 100 }) },
    );
    for (const one of objects(6)) {
      watch(producer.send(one));
      await timing.advance(1);
    }
    expect(sizes(ingest)).toEqual([1, 1]);
    await timing.advance(300);
    expect(sizes(ingest)).toEqual([1, 1, 4]);
    expect(ingest.mostInFlight).toBe(2);
  });

  test('an item that says when to come back is believed, as a header is', async () => {
    const { producer, ingest, timing } = createBench({ maxBatchEvents: 8 });
    const quota = { status: 429, error: { code: 'quota_exceeded', message: 'm', details: { retry_after_seconds: 3 } } };
    ingest.steps.push({ answer: { status: 200, text: JSON.stringify({ results: [quota] }) } });
    const answer = watch(producer.send(event({})));
    await timing.advance(2900);
    expect(sizes(ingest)).toEqual([1]);
    await timing.advance(1000);
    expect(sizes(ingest)).toEqual([1, 1]);
    expect(answer.value).toMatchObject({ duplicate: false });
  });

  test('a batch that the system finds too large goes again in smaller ones, and so do those after it', async () => {
    const { producer, ingest, timing } = createBench({ maxBatchEvents: 8 });
    ingest.steps.push({ refuse: 'payload_too_large', details: { limit_events: 3 } });
    const answers = objects(8).map((one) => watch(producer.send(one)));
    await timing.advance(50);
    expect(sizes(ingest)).toEqual([8, 3, 3, 2]);
    objects(8, 'p').forEach((one) => answers.push(watch(producer.send(one))));
    await timing.advance(50);
    expect(sizes(ingest).slice(4)).toEqual([3, 3, 2]);
    expect(answers.every(({ state }) => state === 'accepted')).toBe(true);
  });

  test('where the limit is not named, it is halved until it fits; one event that is too large alone is refused', async () => {
    let alone = 0;
    const decide = ({ events }: { readonly events: readonly unknown[] }): Step =>
      events.length > 1 || (alone += 1) > 3 ? { answer: { status: 413, text: '<html>of a proxy' } } : { accept: true };
    const { producer, ingest, timing } = createBench({}, { decide });
    const answers = objects(4).map((one) => watch(producer.send(one)));
    await timing.advance(50);
    expect(sizes(ingest)).toEqual([4, 2, 2, 1, 1, 1, 1]);
    expect(answers.filter(({ state }) => state === 'accepted')).toHaveLength(3);
    expect(answers.find(({ state }) => state === 'failed')?.value).toMatchObject({
      code: 'payload_too_large',
      outcome: 'definite',
      retryable: false,
    });
  });
});

describe('retries', () => {
  test('an event without an id gets one, and keeps it in every attempt; one with an id keeps its own', async () => {
    const { producer, ingest, timing } = createBench({ lingerMs: 0 });
    ingest.steps.push({ refuse: 'storage_unavailable' }, { refuse: 'commit_unknown', stored: true });
    const answers = [event({ object_id: 'a' }), event({ object_id: 'b', id: 'own' })].map((one) => watch(producer.send(one)));
    await timing.advance(2000);
    expect(ingest.requests.map(({ events }) => events.map(({ id }) => id))).toEqual([
      ['id-1', 'own'],
      ['id-1', 'own'],
      ['id-1', 'own'],
    ]);
    expect(answers.map(({ value }) => value)).toMatchObject([
      { duplicate: true, id: 1 },
      { duplicate: true, id: 2 },
    ]);
    expect(ingest.log).toHaveLength(2);
    expect(producer.stats()).toMatchObject({ sent: 2, accepted: 2, duplicates: 2, retries: 4, requests: 3, requestsFailed: 2, failed: {} });
  });

  test('waits are full jitter below a bound that doubles up to the largest', async () => {
    const { producer, ingest, timing } = createBench({ lingerMs: 0, retryBackoffMs: 100, retryBackoffMaxMs: 350 });
    ingest.steps.push(...Array.from({ length: 5 }, (): Step => ({ lose: 'ECONNREFUSED' })));
    const answer = watch(producer.send(event()));
    await timing.advance(3000);
    expect(producer.stats().lastFailure).toBeNull();
    const times = ingest.requests.map(({ atMs }) => atMs);
    // Half of 100, 200, 350, 350, 350, and the millisecond of each request.
    expect(times.slice(1).map((atMs, index) => atMs - times[index]!)).toEqual([51, 101, 176, 176, 176]);
    expect(answer.state).toBe('accepted');
  });

  test('Retry-After is the least that is waited, in seconds or as a date, and nobody sends meanwhile', async () => {
    const { producer, ingest, timing } = createBench({ lingerMs: 0 });
    ingest.steps.push({ refuse: 'overloaded', retryAfter: '2' }, { refuse: 'overloaded', retryAfter: 'Thu, 01 Jan 2026 00:00:07 GMT' });
    watch(producer.send(event({ object_id: 'a' })));
    await timing.advance(500);
    watch(producer.send(event({ object_id: 'b' })));
    await timing.advance(1500);
    expect(sizes(ingest)).toEqual([1]);
    expect(producer.stats()).toMatchObject({ backOffMs: 51, lastFailure: { code: 'overloaded' } });
    await timing.advance(8000);
    expect(ingest.requests.map(({ atMs }) => atMs)).toEqual([0, 1 + 2000 + 50, 7000 + 100]);
    expect(sizes(ingest)).toEqual([1, 2, 2]);
  });

  test('after a failure one request at a time finds out whether it is over', async () => {
    const { producer, ingest, timing } = createBench(
      { lingerMs: 0, maxBatchEvents: 1, maxInFlightRequests: 4 },
      { decide: () => ({ accept: true, delayMs: 20 }) },
    );
    ingest.steps.push(...Array.from({ length: 5 }, (): Step => ({ lose: 'ECONNREFUSED' })));
    const answers = objects(8).map((one) => watch(producer.send(one)));
    await timing.advance(10);
    expect(ingest.requests).toHaveLength(4);
    await timing.advance(60);
    expect(ingest.requests).toHaveLength(5);
    await timing.advance(95);
    expect(ingest.requests).toHaveLength(6);
    expect(ingest.inFlight.size).toBe(1);
    await timing.advance(500);
    expect(answers.every(({ state }) => state === 'accepted')).toBe(true);
    expect(ingest.mostInFlight).toBe(4);
  });

  test('one event that is refused for now holds back its own key alone', async () => {
    const { producer, ingest, timing } = createBench({ lingerMs: 0, retryBackoffMs: 1000 });
    const sick = ({ object_id: objectId }: { readonly object_id: string }) => (objectId === 'sick' ? ('internal' as const) : null);
    ingest.steps.push({ items: sick }, { items: sick });
    const answers = ['sick', 'well', 'sick', 'well'].map((objectId) => watch(producer.send(event({ object_id: objectId }))));
    await timing.advance(100);
    expect(answers.map(({ state }) => state)).toEqual(['pending', 'accepted', 'pending', 'accepted']);
    await timing.advance(2000);
    expect(answers.map(({ state }) => state)).toEqual(['accepted', 'accepted', 'accepted', 'accepted']);
  });
});

describe('what ends an event', () => {
  test.each<ErrorCodeName>(['invalid_event', 'hostile_text', 'idempotency_conflict', 'invalid_json'])(
    '%s is definite: it is not sent again',
    async (code) => {
      const { producer, ingest, timing } = createBench({ lingerMs: 0 });
      ingest.steps.push({ items: (_event, index) => (index === 0 ? code : null) });
      const [refused, accepted] = objects(2).map((one) => watch(producer.send(one)));
      await timing.advance(1000);
      expect(ingest.requests).toHaveLength(1);
      expect(refused?.value).toMatchObject({
        name: 'ProducerError',
        code,
        outcome: 'definite',
        retryable: false,
        attempts: 1,
        idempotencyKey: 'id-1',
      });
      expect(accepted?.state).toBe('accepted');
    },
  );

  test('a refusal of the whole request is that of each event', async () => {
    const { producer, ingest, timing } = createBench({ lingerMs: 0 });
    ingest.steps.push({ answer: { status: 401, text: '{"error":{"code":"unauthenticated","message":"no key"}}' } });
    const answers = objects(2).map((one) => watch(producer.send(one)));
    await timing.advance(1000);
    expect(answers.map(({ value }) => value)).toMatchObject(
      [0, 1].map(() => ({ code: 'unauthenticated', status: 401, outcome: 'definite', retryable: false })),
    );
  });

  test('its time is up: definite where no attempt may have stored it, else indefinite; the cause is what the last attempt met', async () => {
    const refusedOnly = createBench(
      { lingerMs: 0, deliveryTimeoutMs: 1000, requestTimeoutMs: 500 },
      { decide: () => ({ refuse: 'overloaded' }) },
    );
    const definite = watch(refusedOnly.producer.send(event()));
    await refusedOnly.timing.advance(999);
    expect(definite.state).toBe('pending');
    await refusedOnly.timing.advance(2);
    expect(definite.value).toMatchObject({
      code: 'FL_CLIENT_TIMED_OUT',
      message: expect.stringMatching(/^No answer within 1000 ms, in \d+ attempts\. The last one: ./),
      outcome: 'definite',
      retryable: true,
      cause: { code: 'overloaded' },
    });
    expect(refusedOnly.timing.timers).toBeLessThanOrEqual(1);

    const doubtful = createBench(
      { lingerMs: 0, deliveryTimeoutMs: 1000, requestTimeoutMs: 500 },
      { decide: () => ({ refuse: 'overloaded' }) },
    );
    doubtful.ingest.steps.push({ refuse: 'commit_unknown' });
    const indefinite = watch(doubtful.producer.send(event()));
    await doubtful.timing.advance(1001);
    expect(indefinite.value).toMatchObject({ code: 'FL_CLIENT_TIMED_OUT', outcome: 'indefinite', cause: { code: 'overloaded' } });
  });

  test('a later refusal does not end the doubt of an earlier attempt; a conflict does', async () => {
    const { producer, ingest, timing } = createBench({ lingerMs: 0 });
    ingest.steps.push({ lose: 'ECONNRESET' }, { items: ({ object_id: id }) => (id === 'a' ? 'invalid_event' : 'idempotency_conflict') });
    const answers = ['a', 'b'].map((objectId) => watch(producer.send(event({ object_id: objectId }))));
    await timing.advance(1000);
    expect(answers.map(({ value }) => value)).toMatchObject([
      { code: 'invalid_event', outcome: 'indefinite', attempts: 2 },
      { code: 'idempotency_conflict', outcome: 'definite', attempts: 2 },
    ]);
  });

  test('a request without an answer in its time is sent again', async () => {
    const { producer, ingest, timing } = createBench({ lingerMs: 0, requestTimeoutMs: 200 });
    ingest.steps.push({ hang: true, stored: true });
    const answer = watch(producer.send(event()));
    await timing.advance(199);
    expect(ingest.requests).toHaveLength(1);
    await timing.advance(200);
    expect(answer.value).toMatchObject({ duplicate: true });
    expect(ingest.log).toHaveLength(1);
  });

  test.each<[string, Step, Record<string, unknown>]>([
    [
      'html of a proxy',
      { answer: { status: 502, text: '<html>' } },
      { code: 'FL_CLIENT_ANSWER_UNREADABLE', outcome: 'indefinite', status: 502 },
    ],
    ['too few items', { answer: { status: 200, text: '{"results":[]}' } }, { code: 'FL_CLIENT_ANSWER_UNREADABLE', outcome: 'indefinite' }],
    [
      'the answer to another event',
      { answer: { status: 200, text: '{"results":[{"status":200,"id":1,"idempotency_key":"x"}]}' } },
      { code: 'FL_CLIENT_ANSWER_UNREADABLE', outcome: 'indefinite' },
    ],
    ['nobody listening', { lose: 'ECONNREFUSED' }, { code: 'FL_CLIENT_UNREACHABLE', outcome: 'definite' }],
    ['a connection that is cut', { lose: 'ECONNRESET' }, { code: 'FL_CLIENT_NO_ANSWER', outcome: 'indefinite' }],
    [
      'a newer refusal for now',
      { answer: { status: 429, text: '{"error":{"code":"newer","message":"m"}}' } },
      { code: 'newer', outcome: 'definite' },
    ],
    [
      'a newer defect',
      { answer: { status: 500, text: '{"error":{"code":"newer","message":"m"}}' } },
      { code: 'newer', outcome: 'indefinite' },
    ],
  ])('%s is tried again, and is told as what it is', async (_what, step, cause) => {
    const { producer, timing } = createBench({ lingerMs: 0, deliveryTimeoutMs: 1000, requestTimeoutMs: 1000 }, { decide: () => step });
    const answer = watch(producer.send(event()));
    await timing.advance(1500);
    expect(answer.value).toMatchObject({ code: 'FL_CLIENT_TIMED_OUT', outcome: cause['outcome'], cause });
    expect((answer.value as { attempts: number }).attempts).toBeGreaterThan(1);
  });

  test.each([301, 307, 404])('an answer %i without a code leads elsewhere: it is definite, and not tried again', async (status) => {
    const { producer, ingest, timing } = createBench({ lingerMs: 0 });
    ingest.steps.push({ answer: { status, text: 'elsewhere' } });
    const answer = watch(producer.send(event()));
    await timing.advance(1000);
    expect(answer.value).toMatchObject({ code: 'FL_CLIENT_WRONG_ADDRESS', outcome: 'definite', retryable: false, status });
  });

  test('what is no event, or can not be written, is refused without a request', async () => {
    const { producer, ingest, timing } = createBench({ maxBatchBytes: 1024 });
    const circle: Record<string, unknown> = {};
    circle['circle'] = circle;
    const answers = [null, [], 'text', event({ metadata: circle }), event({ metadata: { text: 'x'.repeat(2000) } })].map((one) =>
      watch(producer.send(one as never)),
    );
    await timing.advance(100);
    expect(answers.map(({ value }) => (value as { code: string }).code)).toEqual([
      ...Array.from({ length: 4 }, () => 'FL_CLIENT_EVENT'),
      'FL_CLIENT_EVENT_TOO_LARGE',
    ]);
    expect(ingest.requests).toEqual([]);
    expect(producer.stats()).toMatchObject({
      sent: 5,
      failed: { FL_CLIENT_EVENT: 4, FL_CLIENT_EVENT_TOO_LARGE: 1 },
      unsettled: 0,
      bufferedBytes: 0,
    });
  });

  test('what the caller changes after `send` is not sent', async () => {
    const { producer, ingest, timing } = createBench();
    const metadata = { total: 1 };
    watch(producer.send(event({ metadata })));
    metadata.total = 2;
    await timing.advance(50);
    expect(ingest.log[0]?.metadata).toEqual({ total: 1 });
  });
});
