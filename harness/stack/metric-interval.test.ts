import { expect, test } from 'vitest';
import { metricInterval } from './metric-interval.ts';

test('samples come every second, as in runs, unless the variable says otherwise', () => {
  expect(metricInterval({})).toBe('1s');
  expect(metricInterval({ FAULTLINE_METRIC_INTERVAL: '' })).toBe('1s');
  expect(metricInterval({ FAULTLINE_METRIC_INTERVAL: '10s' })).toBe('10s');
});

test.each(['10', '0s', 'soon', '1s; drop'])('%s is refused, with what to give instead', (text) => {
  expect(() => metricInterval({ FAULTLINE_METRIC_INTERVAL: text })).toThrow('such as 1s or 10s');
});
