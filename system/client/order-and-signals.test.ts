import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { createBench, event, watch } from './testing.ts';

const sizes = ({ requests }: { requests: readonly { readonly events: readonly unknown[] }[] }) =>
  requests.map(({ events }) => events.length);

describe('signals', () => {
  test('an event that is aborted before it was sent is not sent; the next of its key goes', async () => {
    const { producer, ingest, timing } = createBench({ lingerMs: 10 });
    const abort = new AbortController();
    const aborted = watch(producer.send(event({ id: 'one' }), { signal: abort.signal }));
    const next = watch(producer.send(event({ id: 'two' })));
    await timing.advance(1);
    abort.abort(new Error('enough'));
    await timing.advance(100);
    expect(aborted.value).toMatchObject({ code: 'FL_CLIENT_ABORTED', outcome: 'definite', cause: { message: 'enough' } });
    expect(next.state).toBe('accepted');
    expect(ingest.log.map(({ id }) => id)).toEqual(['two']);
  });

  test('one that is aborted on its way is told at once, as in doubt, and the next of its key waits for the request', async () => {
    const { producer, ingest, timing } = createBench({ lingerMs: 0 });
    ingest.steps.push({ accept: true, delayMs: 100 });
    const abort = new AbortController();
    const aborted = watch(producer.send(event({ id: 'one' }), { signal: abort.signal }));
    watch(producer.send(event({ id: 'two' })));
    await timing.advance(10);
    abort.abort();
    await timing.advance(10);
    expect(aborted.value).toMatchObject({ code: 'FL_CLIENT_ABORTED', outcome: 'indefinite' });
    expect(ingest.requests).toHaveLength(1);
    expect(producer.stats()).toMatchObject({ unsettled: 1, bufferedEvents: 2 });
    await timing.advance(200);
    expect(ingest.log.map(({ id }) => id)).toEqual(['one', 'two']);
    expect(producer.stats()).toMatchObject({ unsettled: 0, bufferedEvents: 0, bufferedBytes: 0 });
  });

  test('a signal that was aborted before is honoured', async () => {
    const { producer, ingest, timing } = createBench();
    await expect(producer.send(event(), { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'FL_CLIENT_ABORTED',
      outcome: 'definite',
    });
    await timing.advance(100);
    expect(ingest.requests).toEqual([]);
  });

  test('one signal of many events is listened to once, and no longer than needed', async () => {
    const { producer, ingest, timing } = createBench();
    const abort = new AbortController();
    const { signal } = abort;
    for (let number = 0; number < 20; number += 1) watch(producer.send(event({ object_id: `o-${number}` }), { signal }));
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    await timing.advance(100);
    expect([ingest.log.length, getEventListeners(signal, 'abort').length]).toEqual([20, 0]);
    const answers = [1, 2].map((number) => watch(producer.send(event({ object_id: `o-${number}` }), { signal })));
    abort.abort();
    await timing.advance(100);
    expect(answers.map(({ state }) => state)).toEqual(['failed', 'failed']);
    expect(producer.stats()).toMatchObject({ accepted: 20, failed: { FL_CLIENT_ABORTED: 2 }, unsettled: 0 });
  });
});

describe('order', () => {
  test('one event of a key at a time, across a refusal; other keys go on', async () => {
    const { producer, ingest, timing } = createBench({ lingerMs: 0 });
    ingest.steps.push({ items: ({ object_id: id }) => (id === 'a' ? 'commit_unknown' : null) });
    for (const number of [1, 2, 3])
      for (const objectId of ['a', 'b']) watch(producer.send(event({ object_id: objectId, id: `${objectId}${number}` })));
    await timing.advance(1000);
    expect(ingest.requests.every(({ events }) => new Set(events.map(({ object_id: id }) => id)).size === events.length)).toBe(true);
    const idsOf = (key: string) => ingest.log.filter(({ object_id: id }) => id === key).map(({ id }) => id);
    expect([idsOf('a'), idsOf('b')]).toEqual([
      ['a1', 'a2', 'a3'],
      ['b1', 'b2', 'b3'],
    ]);
    expect(ingest.log.map(({ id }) => id).indexOf('b3')).toBeLessThan(ingest.log.map(({ id }) => id).indexOf('a1'));
  });

  test('a refusal that is definite lets the next of its key go', async () => {
    const { producer, ingest, timing } = createBench({ lingerMs: 0 });
    ingest.steps.push({ items: () => 'invalid_event' });
    const answers = ['one', 'two'].map((id) => watch(producer.send(event({ id }))));
    await timing.advance(50);
    expect(answers.map(({ state }) => state)).toEqual(['failed', 'accepted']);
  });

  test('without order, those of a key go together', async () => {
    const { producer, ingest, timing } = createBench({ lingerMs: 0, ordering: 'none' });
    for (const sequence of [1, 2, 3]) watch(producer.send(event({ sequence })));
    await timing.advance(50);
    expect(sizes(ingest)).toEqual([3]);
  });
});

describe('trace context', () => {
  const contexts = (...list: readonly (string | null)[]) => {
    let next = 0;
    return { traceContext: () => (list[next] === null ? (next++, null) : { traceparent: list[next++]!, tracestate: 'a=1' }) };
  };

  test('a request has one, and events of another go in another', async () => {
    const { producer, ingest, timing } = createBench({ lingerMs: 0 }, contexts('tp-1', null, 'tp-2', 'tp-1', null));
    for (const number of [0, 1, 2, 3, 4]) watch(producer.send(event({ object_id: `o-${number}` })));
    await timing.advance(50);
    expect(ingest.requests.map(({ headers, events }) => [headers['traceparent'], events.map(({ object_id: id }) => id)])).toEqual([
      ['tp-1', ['o-0', 'o-3']],
      [undefined, ['o-1', 'o-4']],
      ['tp-2', ['o-2']],
    ]);
    expect(ingest.requests[0]?.headers['tracestate']).toBe('a=1');
    expect(ingest.requests[1]?.headers).not.toHaveProperty('tracestate');
  });

  test('it is left out where that is asked for', async () => {
    const { producer, ingest, timing } = createBench({ lingerMs: 0, traceContext: false }, contexts('tp-1'));
    watch(producer.send(event()));
    await timing.advance(50);
    expect(ingest.requests[0]?.headers).not.toHaveProperty('traceparent');
  });
});

test('a key goes as a bearer token, and is in no error', async () => {
  const { producer, ingest, timing } = createBench({ apiKey: 'secret-key', lingerMs: 0 });
  ingest.steps.push({ answer: { status: 403, text: 'no' } });
  const answer = watch(producer.send(event()));
  await timing.advance(50);
  expect(ingest.requests[0]?.headers['authorization']).toBe('Bearer secret-key');
  expect(JSON.stringify(answer.value, Object.getOwnPropertyNames(answer.value))).not.toContain('secret-key');
});
