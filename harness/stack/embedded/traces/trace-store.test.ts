import { expect, test } from 'vitest';
import type { Span } from '../otlp/read-traces.ts';
import { createTraceStore } from './trace-store.ts';

const span = (traceId: string, spanId: string): Span => ({
  traceId,
  spanId,
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
  expect([store.get('a')?.spans.length, store.get('b'), store.get('c')?.spans.length]).toEqual([2, undefined, 1]);
  expect(store.report()).toMatchObject({ traces: 2, spans: 3, droppedTraces: 1, droppedSpans: 1 });
});

test('bytes and age bound it too', () => {
  const bytes = createTraceStore({ ...limits, maxBytes: 500 });
  bytes.add([span('a', '1'), span('b', '1')], 0);
  expect(bytes.report()).toMatchObject({ traces: 1, droppedTraces: 1 });
  const age = createTraceStore(limits);
  age.add([span('a', '1')], 0);
  age.add([span('b', '1')], 1_001);
  expect(age.report()).toMatchObject({ traces: 1, droppedTraces: 1 });
});

test('a retried export stores no span twice; one too many of a trace is rejected', () => {
  const store = createTraceStore(limits);
  const all = ['1', '2', '3'].map((id) => span('a', id));
  store.add(all, 0);
  expect(store.add(all.slice(0, 2), 1)).toMatchObject({ rejected: 2 });
  expect(store.add([span('a', '4')], 1)).toMatchObject({
    accepted: 0,
    rejected: 1,
    message: expect.stringContaining('has 3 spans already'),
  });
  expect(store.report()).toMatchObject({ spans: 3 });
});
