import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import type { Span } from '../otlp/read-traces.ts';
import { createTraceStore } from './trace-store.ts';

const span = (traceId: string, spanId: string): Span => ({
  traceId: traceId.repeat(32),
  spanId: spanId.repeat(16),
  parentSpanId: '',
  traceState: '',
  flags: 0,
  name: 'x',
  kind: 0,
  startTimeUnixNano: 0n,
  endTimeUnixNano: 0n,
  attributes: new Map(),
  events: [],
  links: [],
  statusCode: 0,
  statusMessage: '',
  resource: new Map(),
  scope: { name: '', version: '', attributes: new Map() },
});
const limits = { maxBytes: 10_000, maxTraces: 2, maxSpansPerTrace: 3, maxAgeMs: 1_000 };

test('the trace that was touched longest ago goes first, and is counted with its spans', () => {
  const store = createTraceStore(limits);
  store.add([span('a', '1'), span('b', '1')], 0);
  store.add([span('a', '2')], 1);
  store.add([span('c', '1')], 2);
  expect([store.get('a'.repeat(32))?.spans.length, store.get('b'.repeat(32)), store.get('c'.repeat(32))?.spans.length]).toEqual([
    2,
    undefined,
    1,
  ]);
  expect(store.report()).toMatchObject({ traces: 2, spans: 3, droppedTraces: 1, droppedSpans: 1 });
});

test('bytes and age bound it too', () => {
  const bytes = createTraceStore({ ...limits, maxBytes: 400 });
  bytes.add([span('a', '1'), span('b', '1')], 0);
  expect(bytes.report()).toMatchObject({ traces: 1, droppedTraces: 1 });
  const age = createTraceStore(limits);
  age.add([span('a', '1')], 0);
  age.add([span('b', '1')], 1_001);
  expect(age.report()).toMatchObject({ traces: 1, droppedTraces: 1 });
});

test('a retried export stores no span twice and loses none, also of a trace that is full', () => {
  const store = createTraceStore(limits);
  const all = ['1', '2', '3'].map((id) => span('a', id));
  store.add(all, 0);
  expect(store.add(all.slice(0, 2), 1)).toMatchObject({ accepted: 2, rejected: 0, message: '' });
  expect(store.report()).toMatchObject({ spans: 3, droppedSpans: 0 });
});

test('one span too many of a trace is rejected, and lost: it is counted with those that had to go', () => {
  const store = createTraceStore(limits);
  store.add(
    ['1', '2', '3'].map((id) => span('a', id)),
    0,
  );
  expect(store.add([span('a', '4')], 1)).toMatchObject({
    accepted: 0,
    rejected: 1,
    message: expect.stringContaining('has 3 spans already'),
  });
  expect(store.report()).toMatchObject({ spans: 3, droppedTraces: 0, droppedSpans: 1 });
  expect([store.droppedSince(1), store.droppedSince(1_001)]).toEqual([1, 0]);
});

test('a span without an id is rejected and no loss of the store: nobody could have asked for it', () => {
  const store = createTraceStore(limits);
  expect(store.add([span('', '1'), span('a', '')], 0)).toMatchObject({ accepted: 0, rejected: 2 });
  expect(store.report()).toMatchObject({ droppedSpans: 0 });
});

test('what is read again is what came', () => {
  const store = createTraceStore(limits);
  const whole: Span = {
    ...span('a', '1'),
    parentSpanId: '2'.repeat(16),
    traceState: 'k=v',
    flags: 1,
    kind: 5,
    startTimeUnixNano: 1_790_000_000_000_000_001n,
    endTimeUnixNano: 1_790_000_000_000_000_003n,
    attributes: new Map([
      ['int', { kind: 'int', value: 2n ** 60n }],
      ['double', { kind: 'double', value: Number.NaN }],
      ['bytes', { kind: 'bytes', value: 'AQI=' }],
      [
        'list',
        {
          kind: 'array',
          value: [
            { kind: 'bool', value: false },
            { kind: 'string', value: '' },
          ],
        },
      ],
      ['map', { kind: 'map', value: new Map([['x', { kind: 'empty' }]]) }],
    ]),
    events: [{ timeUnixNano: 5n, name: 'e', attributes: new Map() }],
    links: [{ traceId: 'c'.repeat(32), spanId: 'd'.repeat(16), attributes: new Map([['m', { kind: 'string', value: '7' }]]) }],
    statusCode: 2,
    statusMessage: 'no',
  };
  store.add([whole], 0);
  expect(store.get('a'.repeat(32))).toMatchObject({ startNano: whole.startTimeUnixNano, endNano: whole.endTimeUnixNano, spans: [whole] });
});

const liveBufferBytes = (): number => {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().arrayBuffers;
};

test('a trace that grows for long does not hold on to the memory of those that came and went beside it', async () => {
  const store = createTraceStore({ maxBytes: 4 * 2 ** 20, maxTraces: 50, maxSpansPerTrace: 2_000, maxAgeMs: 1e6 });
  const before = liveBufferBytes();
  const hex = (at: number): string => at.toString(16).padStart(16, '0');
  // Two megabytes between two spans of the one trace, and 150 of those.
  for (let round = 1; round <= 150; round += 1) {
    store.add([{ ...span('a', '1'), spanId: hex(round) }], round);
    for (let other = 0; other < 40; other += 1)
      store.add([{ ...span('b', '1'), traceId: `${hex(round)}${hex(other)}`, name: 'x'.repeat(50_000) }], round);
  }
  expect(store.get('a'.repeat(32))?.spans.map(({ spanId }) => spanId)).toEqual(Array.from({ length: 150 }, (_, at) => hex(at + 1)));
  // What one collection finds is swept beside the program, and counts until that is done.
  await expect.poll(() => liveBufferBytes() - before).toBeLessThan(10 * 2 ** 20);
});
