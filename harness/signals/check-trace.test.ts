import { expect, test } from 'vitest';
import { checkTrace } from './check-trace.ts';
import type { SpanRecord } from './client.ts';

const span = (spanId: string, name: string, kind: SpanRecord['kind'], more: Partial<SpanRecord> = {}): SpanRecord => ({
  traceId: 't',
  spanId,
  parentSpanId: null,
  name,
  kind,
  service: 's',
  attributes: {},
  links: [],
  startMs: 0,
  endMs: 1,
  ...more,
});
const link = (spanId: string) => [{ traceId: 't', spanId, attributes: {} }];
const database = { 'db.system.name': 'postgresql' };

const whole = [
  span('1', 'POST /events', 'server'),
  span('2', 'send events', 'producer', { parentSpanId: '1' }),
  span('3', 'process events', 'consumer', { links: link('2') }),
  span('4', 'INSERT events', 'client', { parentSpanId: '3', attributes: database }),
  span('5', 'process timelines', 'consumer', { links: link('2') }),
  span('6', 'INSERT timeline_entries', 'client', { parentSpanId: '5', attributes: database }),
];
const names = ['process events', 'process timelines'];
const missing = (spans: readonly SpanRecord[]) => checkTrace('t', spans, names).missing;

test('a trace from request over both processors to their rows is whole', () => {
  const record = checkTrace('t', whole, names);
  expect([record.complete, record.missing]).toEqual([true, []]);
  expect(record.spans.filter(({ linked }) => linked).map(({ name }) => name)).toEqual(names);
});

test('what is missing is named', () => {
  expect(missing([])).toEqual(['SERVER', 'PRODUCER', 'CONSUMER process events', 'CONSUMER process timelines']);
  expect(missing(whole.slice(1))).toEqual(['SERVER']);
  expect(missing(whole.slice(0, 4))).toEqual(['CONSUMER process timelines']);
  expect(missing(whole.slice(0, 5))).toEqual(['database span under process timelines']);
});

test('a consumer that is linked to another span is not linked', () => {
  const astray = whole.map((one) => (one.spanId === '5' ? { ...one, links: link('9') } : one));
  expect(missing(astray)).toEqual(['link from process timelines to its producer']);
});

test('a client span without db attributes is no row', () => {
  const other = whole.map((one) => (one.spanId === '6' ? { ...one, attributes: { 'http.request.method': 'GET' } } : one));
  expect(missing(other)).toEqual(['database span under process timelines']);
});
