import { expect, test } from 'vitest';
import { figure, median } from './figure.ts';

test('a ratio below its bound does not hold, and one at its bound does', () => {
  const against = { what: 'the stub', value: 100 };
  expect(figure('ingest', 64, 'events/s', against, { of: 'ratio', atLeast: 0.65 })).toMatchObject({ ratio: 0.64, holds: false });
  expect(figure('ingest', 65, 'events/s', against, { of: 'ratio', atLeast: 0.65 })).toMatchObject({ ratio: 0.65, holds: true });
});

test('a figure that was not measured never holds', () => {
  expect(figure('ingest', NaN, 'events/s', { what: 'the stub', value: 100 }, { of: 'ratio', atLeast: 0.65 }).holds).toBe(false);
  expect(figure('ingest', 5, 'events/s', { what: 'the stub', value: 0 }, { of: 'ratio', atLeast: 0.65 }).holds).toBe(false);
});

test('a figure without a bound says neither yes nor no', () => {
  expect(figure('copy', 5, 'events/s', null, null).holds).toBeNull();
});

test('with nobody to measure against, a ratio neither holds nor fails; a bound on the value itself is still judged', () => {
  expect(figure('queries', 5, 'ms', null, { of: 'ratio', atMost: 10 })).toMatchObject({
    ratio: null,
    bound: 'ratio at most 10',
    holds: null,
  });
  expect(figure('ingest', 5, 'samples/s', null, { of: 'value', atLeast: 10 }).holds).toBe(false);
});

test('the ratio of pairs is taken as it was measured', () => {
  expect(figure('queries', 5, 'ms', { what: 'Prometheus', value: 5 }, { of: 'ratio', atMost: 10 }, 11)).toMatchObject({
    ratio: 11,
    holds: false,
  });
});

test('the median of rounds is the middle one', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(median([])).toBeNaN();
});

test('a bound with two sides holds between them, both ends included', () => {
  const against = { what: 'the analytic value', value: 1000 };
  const within = { of: 'ratio', atLeast: 0.95, atMost: 1.05 } as const;
  expect([949, 950, 1050, 1051].map((value) => figure('p90', value, 'ms', against, within).holds)).toEqual([false, true, true, false]);
  expect(figure('p90', 1, 'ms', against, within).bound).toBe('ratio from 0.95 to 1.05');
});
