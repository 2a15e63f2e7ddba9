import { expect, test } from 'vitest';
import { lokiDifference } from './normalise-loki.ts';

const ok = (resultType: string, result: unknown, more: object = {}) => ({ status: 200, body: { data: { resultType, result, ...more } } });
const series = (labels: object, ...values: [number, string][]) => ({ metric: labels, values });

test('the order of series, statistics and the last digits of a float mean nothing', () => {
  const one = ok('matrix', [series({ a: '1', b: '2' }, [1, '0.1']), series({ a: '2' }, [1, '3'])], { stats: { x: 1 } });
  const other = ok('matrix', [series({ a: '2' }, [1, '3']), series({ b: '2', a: '1' }, [1, '0.10000000000000001'])]);
  expect(lokiDifference('x', one, other)).toBeNull();
});

test.each([
  ['a value', ok('vector', [{ metric: {}, value: [1, '2'] }]), ok('vector', [{ metric: {}, value: [1, '2.001'] }])],
  ['a time', ok('vector', [{ metric: {}, value: [1, '2'] }]), ok('vector', [{ metric: {}, value: [2, '2'] }])],
  ['a series', ok('matrix', [series({ a: '1' }, [1, '1'])]), ok('matrix', [])],
  ['a line', ok('streams', [{ stream: {}, values: [['1', 'a']] }]), ok('streams', [{ stream: {}, values: [['1', 'b']] }])],
  [
    'the order of lines',
    ok('streams', [
      {
        stream: {},
        values: [
          ['1', 'a'],
          ['2', 'b'],
        ],
      },
    ]),
    ok('streams', [
      {
        stream: {},
        values: [
          ['2', 'b'],
          ['1', 'a'],
        ],
      },
    ]),
  ],
  ['a kind', ok('vector', []), ok('matrix', [])],
  ['a refusal', { status: 400, body: 'no' }, ok('vector', [])],
])('%s makes a difference', (_what, one, other) => {
  expect(lokiDifference('x', one, other)).not.toBeNull();
});

test('two refusals are the same, and so are series that topk may choose between', () => {
  expect(lokiDifference('x', { status: 400, body: 'no' }, { status: 500, body: 'never' })).toBeNull();
  const one = ok('vector', [{ metric: { a: '1' }, value: [1, '2'] }]);
  const other = ok('vector', [{ metric: { a: '2' }, value: [1, '2'] }]);
  expect(lokiDifference('topk(1, x)', one, other)).toBeNull();
  expect(lokiDifference('max(x)', one, other)).not.toBeNull();
});
