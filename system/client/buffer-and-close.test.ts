import { describe, expect, test } from 'vitest';
import { entryOverheadBytes } from './entry.ts';
import { createBench, event, type Step, watch, type Watched } from './testing.ts';
import { systemTiming } from './timing.ts';

/** An event that counts exactly 2,000 bytes in the buffer, with an id of its own. */
const heavy = (id: string, objectId = id) => {
  const empty = event({ id, object_id: objectId, metadata: { text: '' } });
  return { ...empty, metadata: { text: 'x'.repeat(2000 - entryOverheadBytes - 1 - JSON.stringify(empty).length) } };
};
const away = { decide: (): Step => ({ lose: 'ECONNREFUSED' }) };
const codes = (answers: readonly { readonly state: string; readonly value?: unknown }[]) =>
  answers.map(({ state, value }) => (state === 'failed' ? (value as { code: string }).code : state));

describe('a full buffer', () => {
  test("'wait': those who wait are let in, first come first, and a small one does not overtake a large one", async () => {
    const { producer, ingest, timing } = createBench(
      { lingerMs: 0, maxBufferBytes: 5500, maxBatchBytes: 5500 },
      { decide: () => ({ accept: true, delayMs: 100 }) },
    );
    const answers = ['a', 'b', 'c'].map((id) => watch(producer.send(heavy(id))));
    const small = event({ id: 'd', object_id: 'd' });
    answers.push(watch(producer.send(small)));
    await timing.advance(50);
    expect(producer.stats()).toMatchObject({ bufferedEvents: 2, bufferedBytes: 4000, waitingEvents: 2, unsettled: 4 });
    expect(4000 + JSON.stringify(small).length + 1 + entryOverheadBytes).toBeLessThan(5500);
    await timing.advance(1000);
    expect(ingest.log.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd']);
    expect(codes(answers)).toEqual(['accepted', 'accepted', 'accepted', 'accepted']);
  });

  test("'wait': as much again may wait, then `send` is refused; `ready` is how to know", async () => {
    const { producer, timing } = createBench(
      { lingerMs: 0, maxBufferBytes: 4000, maxBatchBytes: 4000 },
      { decide: () => ({ accept: true, delayMs: 100 }) },
    );
    const answers = ['a', 'b', 'c', 'd', 'e'].map((id) => watch(producer.send(heavy(id))));
    const ready = watch(producer.ready());
    await timing.advance(1);
    expect(codes(answers)).toEqual(['pending', 'pending', 'pending', 'pending', 'FL_CLIENT_BUFFER_FULL']);
    expect(answers[4]?.value).toMatchObject({
      outcome: 'definite',
      retryable: true,
      message: expect.stringContaining('ready()') as string,
    });
    expect(ready.state).toBe('pending');
    await timing.advance(110);
    expect(ready.state).toBe('pending');
    await timing.advance(110);
    expect(ready.state).toBe('accepted');
    expect(await producer.ready()).toBeUndefined();
  });

  test("'wait': time runs for one that waits, and it may be aborted", async () => {
    const { producer, timing } = createBench(
      { lingerMs: 0, maxBufferBytes: 2000, maxBatchBytes: 2000, requestTimeoutMs: 100, deliveryTimeoutMs: 500 },
      away,
    );
    const abort = new AbortController();
    const answers = [watch(producer.send(heavy('a'))), watch(producer.send(heavy('b'), { signal: abort.signal }))];
    await timing.advance(10);
    abort.abort();
    await timing.advance(10);
    answers.push(watch(producer.send(heavy('c'))));
    expect(producer.stats()).toMatchObject({ bufferedEvents: 1, waitingEvents: 1 });
    await timing.advance(1000);
    expect(codes(answers)).toEqual(['FL_CLIENT_TIMED_OUT', 'FL_CLIENT_ABORTED', 'FL_CLIENT_TIMED_OUT']);
    expect(answers.map(({ value }) => (value as { outcome: string }).outcome)).toEqual(['definite', 'definite', 'definite']);
    expect(producer.stats()).toMatchObject({ bufferedBytes: 0, waitingBytes: 0, unsettled: 0 });
  });

  test("'reject': the new one is refused at once", async () => {
    const { producer, timing } = createBench({ lingerMs: 0, maxBufferBytes: 4000, maxBatchBytes: 4000, overflow: 'reject' });
    const answers = ['a', 'b', 'c'].map((id) => watch(producer.send(heavy(id))));
    await timing.advance(0);
    expect(codes(answers)).toEqual(['pending', 'pending', 'FL_CLIENT_BUFFER_FULL']);
    await timing.advance(100);
    expect(codes(answers)).toEqual(['accepted', 'accepted', 'FL_CLIENT_BUFFER_FULL']);
    const again = watch(producer.send(heavy('c')));
    await timing.advance(100);
    expect(again.state).toBe('accepted');
  });

  test.each([{ text: 180 }, { text: 1200 }])('whoever awaits `ready` before each `send` is not refused (%o)', async ({ text }) => {
    const { producer, timing } = createBench(
      { lingerMs: 0, maxBufferBytes: 3000, maxBatchBytes: 3000, overflow: 'reject' },
      { decide: () => ({ accept: true, delayMs: 100 }) },
    );
    const send = (id: string) => producer.send(event({ id, object_id: id, metadata: { text: 'x'.repeat(text) } }));
    const answers: Watched[] = [];
    const sendInTurn = async () => {
      for (const id of ['a', 'b', 'c']) {
        await producer.ready();
        answers.push(watch(send(id)));
      }
    };
    void sendInTurn();
    await timing.advance(2000);
    expect(codes(answers)).toEqual(['accepted', 'accepted', 'accepted']);
    // Together, too: there is room for one of them.
    const together = ['d', 'e', 'f'].map((id) => watch(producer.ready().then(() => send(id))));
    const idle = watch(producer.ready());
    await timing.advance(2000);
    expect([...codes(together), idle.state]).toEqual(['accepted', 'accepted', 'accepted', 'accepted']);
    expect(timing.timers).toBe(0);
  });

  test("'drop-oldest': the oldest makes room, counted, definite where it was never in doubt", async () => {
    const { producer, ingest, timing } = createBench(
      { lingerMs: 0, maxBufferBytes: 4000, maxBatchBytes: 4000, overflow: 'drop-oldest' },
      away,
    );
    ingest.steps.push({ lose: 'ECONNRESET' });
    const answers = [watch(producer.send(heavy('a')))];
    await timing.advance(10);
    for (const id of ['b', 'c', 'd']) answers.push(watch(producer.send(heavy(id))));
    await timing.advance(0);
    expect(codes(answers)).toEqual(['FL_CLIENT_DROPPED', 'FL_CLIENT_DROPPED', 'pending', 'pending']);
    expect(answers.slice(0, 2).map(({ value }) => (value as { outcome: string }).outcome)).toEqual(['indefinite', 'definite']);
    expect(producer.stats()).toMatchObject({ dropped: 2, bufferedBytes: 4000 });
  });

  test("'drop-oldest': what is on its way is not dropped, and nothing is where it would not help", async () => {
    const { producer, timing } = createBench(
      { lingerMs: 0, maxBufferBytes: 4000, maxBatchBytes: 4000, overflow: 'drop-oldest' },
      { decide: () => ({ hang: true }) },
    );
    const answers = [watch(producer.send(heavy('a')))];
    await timing.advance(10);
    answers.push(watch(producer.send(heavy('b', 'a'))));
    answers.push(watch(producer.send({ ...heavy('c'), metadata: { text: 'x'.repeat(2500) } })));
    await timing.advance(10);
    expect(codes(answers)).toEqual(['pending', 'pending', 'FL_CLIENT_BUFFER_FULL']);
    answers.push(watch(producer.send(heavy('d'))));
    await timing.advance(10);
    expect(codes(answers)).toEqual(['pending', 'FL_CLIENT_DROPPED', 'FL_CLIENT_BUFFER_FULL', 'pending']);
  });
});

describe('flush', () => {
  test('does not linger, and waits for what was sent before, whatever its answer; not for what comes later', async () => {
    const { producer, ingest, timing } = createBench({ lingerMs: 10_000 });
    ingest.steps.push({ items: (_event, index) => (index === 0 ? 'invalid_event' : null), delayMs: 10 });
    ['a', 'b'].forEach((objectId) => watch(producer.send(event({ object_id: objectId }))));
    const flushed = watch(producer.flush());
    await timing.advance(5);
    const later = watch(producer.send(event({ object_id: 'a' })));
    expect(flushed.state).toBe('pending');
    await timing.advance(10);
    expect(flushed.state).toBe('accepted');
    expect(later.state).toBe('pending');
    await timing.advance(10_000);
    expect(later.state).toBe('accepted');
    expect(await producer.flush()).toBeUndefined();
  });

  test('waits for retries, and its caller may stop waiting', async () => {
    const { producer, ingest, timing } = createBench({ lingerMs: 0 });
    ingest.steps.push({ lose: 'ECONNRESET' });
    watch(producer.send(event()));
    const abort = new AbortController();
    const [flushed, left] = [watch(producer.flush()), watch(producer.flush({ signal: abort.signal }))];
    await timing.advance(10);
    abort.abort(new Error('no longer'));
    await timing.advance(10);
    expect(flushed.state).toBe('pending');
    expect(left).toMatchObject({ state: 'failed', value: { message: 'no longer' } });
    await timing.advance(100);
    expect(flushed.state).toBe('accepted');
  });
});

describe('close', () => {
  test('flushes, takes no more, and leaves no timer', async () => {
    const { producer, ingest, timing } = createBench({ lingerMs: 10_000, maxBufferBytes: 4000, maxBatchBytes: 4000 });
    const answers = ['a', 'b', 'c'].map((id) => watch(producer.send(heavy(id))));
    const closed = watch(producer.close());
    answers.push(watch(producer.send(heavy('d'))));
    await timing.advance(100);
    expect(codes(answers)).toEqual(['accepted', 'accepted', 'accepted', 'FL_CLIENT_CLOSED']);
    expect(closed.value).toEqual({ remaining: [] });
    expect(ingest.log).toHaveLength(3);
    expect(timing.timers).toBe(0);
    await expect(producer.ready()).rejects.toMatchObject({ code: 'FL_CLIENT_CLOSED' });
  });

  test('past its bound it says what remained, with the id it would be sent under again, and whether it may be stored', async () => {
    const { producer, ingest, timing } = createBench(
      { lingerMs: 0, maxBatchEvents: 1, maxInFlightRequests: 1 },
      { decide: () => ({ hang: true }) },
    );
    const answers = ['a', 'b'].map((objectId) => watch(producer.send(event({ object_id: objectId }))));
    const waiting = watch(producer.flush());
    const closed = watch(producer.close({ timeoutMs: 50 }));
    await timing.advance(49);
    expect(closed.state).toBe('pending');
    await timing.advance(2);
    expect(closed.value).toEqual({
      remaining: [
        { event: event({ object_id: 'a', id: 'id-1' }), outcome: 'indefinite' },
        { event: event({ object_id: 'b', id: 'id-2' }), outcome: 'definite' },
      ],
    });
    expect(codes(answers)).toEqual(['FL_CLIENT_CLOSED', 'FL_CLIENT_CLOSED']);
    expect(answers.map(({ value }) => (value as { outcome: string }).outcome)).toEqual(['indefinite', 'definite']);
    expect(waiting.state).toBe('accepted');
    await timing.advance(1000);
    expect(ingest.requests).toHaveLength(1);
    expect(ingest.inFlight.size).toBe(0);
    expect(timing.timers).toBe(0);
    expect(producer.stats()).toMatchObject({ unsettled: 0, bufferedEvents: 0, bufferedBytes: 0, inFlightRequests: 0 });
  });

  test('asked again it gives the same answer, sooner where that is asked for', async () => {
    const { producer, timing } = createBench({ lingerMs: 0 }, away);
    watch(producer.send(event()));
    const [first, second] = [producer.close({ timeoutMs: 60_000 }), producer.close({ timeoutMs: 10 })].map(watch);
    await timing.advance(20);
    expect(first?.value).toMatchObject({ remaining: [{ outcome: 'definite' }] });
    expect(second?.value).toBe(first?.value);
  });

  test.each([{ lingerMs: 10_000 }, { lingerMs: 0 }])(
    'at once: nothing is sent any more, and what never left is not in doubt (%o)',
    async (settings) => {
      const requests: string[] = [];
      const fetch = (_url: string, { body }: { readonly body: string }) => (requests.push(body), new Promise<never>(() => {}));
      const open = () => createBench(settings, { timing: systemTiming, fetch }).producer;
      const [one, other] = [open(), open()];
      const answers = [one, other].map((producer) => watch(producer.send(event())));
      // Whoever is in the middle of a patient end is hurried.
      const patient = other.close();
      const closed = await Promise.all([one.close({ timeoutMs: 0 }), other.close({ timeoutMs: 0 }), patient]);
      await new Promise((resolve) => void setTimeout(resolve, 20));
      expect(closed.map(({ remaining }) => remaining.map(({ outcome }) => outcome))).toEqual([['definite'], ['definite'], ['definite']]);
      expect([requests, codes(answers)]).toEqual([[], ['FL_CLIENT_CLOSED', 'FL_CLIENT_CLOSED']]);
    },
  );

  test('one whose event waits for its next attempt leaves no timer either', async () => {
    const { producer, ingest, timing } = createBench({ lingerMs: 0, retryBackoffMs: 10_000 });
    ingest.steps.push({ items: () => 'internal' });
    watch(producer.send(event()));
    await timing.advance(10);
    const closed = watch(producer.close({ timeoutMs: 10 }));
    await timing.advance(10);
    expect(closed.value).toMatchObject({ remaining: [{ outcome: 'indefinite' }] });
    expect(timing.timers).toBe(0);
  });

  test('an idle one closes at once, and `await using` closes', async () => {
    const { producer } = createBench();
    expect(await producer.close()).toEqual({ remaining: [] });
    const other = createBench().producer;
    await other[Symbol.asyncDispose]();
    await expect(other.send(event())).rejects.toMatchObject({ code: 'FL_CLIENT_CLOSED' });
  });
});

test('an idle producer has no timer: it keeps no process alive', async () => {
  const { producer, timing } = createBench();
  watch(producer.send(event()));
  expect(timing.timers).toBeGreaterThan(0);
  await timing.advance(100);
  expect(timing.timers).toBe(0);
});
