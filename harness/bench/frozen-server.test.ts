import { expect, test } from 'vitest';
import { latencyOf } from '../load/measure.ts';
import { createHistogram, recordMs } from '../load/worker/histogram.ts';
import { analyticMs } from './frozen-server.ts';

test.each([100, 200, 400])('the analytic percentiles are those of arrivals that wait for the end of a freeze, at %i/s', (rate) => {
  const [frozenFromMs, frozenMs] = [4000, 2000];
  const histogram = createHistogram(3);
  for (let n = 0; n < rate * 10; n += 1) {
    const at = (n * 1000) / rate;
    recordMs(histogram, at >= frozenFromMs && at < frozenFromMs + frozenMs ? frozenFromMs + frozenMs - at : 1);
  }
  const { p90, p95, p99 } = latencyOf(histogram);
  for (const [percentile, measured] of [
    [90, p90],
    [95, p95],
    [99, p99],
  ] as const)
    expect((measured ?? 0) / analyticMs(percentile, frozenMs)).toBeCloseTo(1, 1);
  expect([90, 95, 99].map((percentile) => Math.round(analyticMs(percentile as 90, frozenMs)))).toEqual([1000, 1500, 1900]);
});
