import { expect, test } from 'vitest';
import { sumCounters } from './count-dropped.ts';

const text = `# HELP loki_discarded_samples_total The total number of samples that were discarded.
# TYPE loki_discarded_samples_total counter
loki_discarded_samples_total{reason="rate_limited",tenant="a b}"} 3
loki_discarded_samples_total{reason="line_too_long"} 4e+00
# TYPE loki_discarded_samples_total_more counter
loki_discarded_samples_total_more 100
up 1
`;

test('all series of the counter are summed, and no counter that only begins like it', () => {
  expect(sumCounters(text, ['loki_discarded_samples_total'])).toBe(7);
});

test('a counter that never counted is absent, which is 0', () => {
  expect(sumCounters(text, ['tempo_discarded_spans_total'])).toBe(0);
});

test('a page that holds no metrics is no count of 0', () => {
  expect(sumCounters('<html>not here</html>', ['up'])).toBeNull();
});
