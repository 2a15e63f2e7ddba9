import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLatencyBuckets } from './latency-buckets.ts';

test('each latency is in the bucket whose bound it does not pass, and what passes all is above the last', () => {
  const buckets = createLatencyBuckets();
  for (const seconds of [0.0005, 0.001, 0.0011, 61]) buckets.record(seconds);
  const { boundsSeconds, counts } = buckets.counted();
  expect(counts).toHaveLength(boundsSeconds.length + 1);
  expect([counts[0], counts[1], counts.at(-1)]).toEqual([2, 1, 1]);
});

test('every latency is counted once, and the sum is theirs', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 200, noNaN: true }), { maxLength: 50 }), (latencies) => {
      const buckets = createLatencyBuckets();
      latencies.forEach((seconds) => buckets.record(seconds));
      const { counts, sumSeconds } = buckets.counted();
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(latencies.length);
      expect(sumSeconds).toBeCloseTo(
        latencies.reduce((sum, seconds) => sum + seconds, 0),
        6,
      );
    }),
  );
});
