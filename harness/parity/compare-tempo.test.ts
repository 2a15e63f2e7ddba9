import { expect, test } from 'vitest';
import { differenceOf } from './compare-tempo.ts';

const search = { kind: 'search', query: '{ }' } as const;
const range = { kind: 'metrics', query: '{ } | rate()' } as const;
const ok = (body: unknown) => ({ status: 200, body });

const span = (spanID: string, attributes: readonly object[] = []) => ({ spanID, startTimeUnixNano: '5', durationNanos: '7', attributes });
const trace = (traceID: string, spans: readonly object[], matched = spans.length) => ({
  traceID,
  rootServiceName: 'shop',
  serviceStats: { b: { spanCount: 1 }, a: { spanCount: 2, errorCount: 1 } },
  spanSets: [{ matched, spans }],
});
const shown = (key: string, stringValue: string) => ({ key, value: { stringValue } });

test('order, the length of ids and how much work it was make no difference', () => {
  const one = ok({ traces: [trace('0a', [span('1'), span('2')]), trace('b', [])], metrics: { inspectedTraces: 2 } });
  const other = ok({ traces: [trace('b', []), trace('a', [span('2'), span('01')])], metrics: {} });
  expect(differenceOf(search, one, other)).toBeNull();
});

test.each([
  ['a span that only one found', [trace('a', [span('1'), span('2')])], [trace('a', [span('1'), span('3')])]],
  ['how many matched', [trace('a', [span('1')], 4)], [trace('a', [span('1')], 5)]],
  ['a trace that only one found', [trace('a', [])], []],
  ['what both show of a span', [trace('a', [span('1', [shown('x', 'y')])])], [trace('a', [span('1', [shown('x', 'z')])])]],
])('%s is a difference', (_what, one, other) => {
  expect(differenceOf(search, ok({ traces: one }), ok({ traces: other }))).toContain('{ }');
});

test.each([
  ['what only one shows of a span', [span('1', [shown('x', 'y')])], [span('1')], []],
  ['nil beside a value', [span('1', [shown('x', 'nil')])], [span('1', [shown('x', 'y')])], []],
  ['one of two values of one name', [span('1', [shown('x', 'y'), shown('x', 'z')])], [span('1', [shown('x', 'z')])], []],
  ['a key that may have several values', [span('1', [shown('x', 'y')])], [span('1', [shown('x', 'z')])], ['x']],
])('%s is none', (_what, one, other, several) => {
  expect(differenceOf(search, ok({ traces: [trace('a', one)] }), ok({ traces: [trace('a', other)] }), new Set(several))).toBeNull();
});

const series = (value: number, labels: readonly object[] = [shown('name', 'x')]) => ({
  series: [{ labels, samples: [{ timestampMs: '1000', value }] }],
});

test('values are compared to twelve digits, and a label that says nil is none', () => {
  expect(differenceOf(range, ok(series(0.1 + 0.2)), ok(series(0.3)))).toBeNull();
  expect(differenceOf(range, ok(series(1, [shown('name', 'x'), shown('route', 'nil')])), ok(series(1)))).toBeNull();
  expect(differenceOf(range, ok(series(1)), ok(series(1.000_000_1)))).not.toBeNull();
  expect(differenceOf(range, ok(series(1)), ok(series(1, [shown('name', 'y')])))).not.toBeNull();
  expect(differenceOf(range, ok(series(1)), ok({}))).not.toBeNull();
});

test('two that refuse agree, one that refuses does not', () => {
  const refused = { status: 400, body: 'no' };
  expect(differenceOf(search, refused, { status: 500, body: 'never' })).toBeNull();
  expect(differenceOf(search, refused, ok({ traces: [] }))).toContain('400: no');
});
