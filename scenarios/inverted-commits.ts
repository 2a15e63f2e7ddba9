// Two front doors write the same keys, and who came first does not always commit first: readers follow the commits, and miss nothing.
import { scenario } from '../harness/scenario/language.ts';

export default scenario({
  name: 'inverted-commits',
  title: '250 events a second, most of them about one key, over two ingest processes whose commits overtake each other',
  why: 'Numbers that are given before the commit are not the order of the commits. A reader that remembers the highest number it saw passes over what was given a lower one and committed later: a loss without an error, which others record in their issue trackers for years. Users notice nothing, and the operator has nothing to do: it is how things always are.',
  set: 'extra',
  needs: { processes: { ingest: 2 } },

  traffic: { arrivals: 'poisson', keys: { kind: 'hot', count: 40, hot: 1, share: 0.7 } },
  phases: {
    'warm-up': { kind: 'warm-up', seconds: 4, ratePerSecond: 40, shape: { kind: 'ramp', toPerSecond: 250 } },
    inverted: {
      kind: 'fault',
      seconds: 10,
      ratePerSecond: 250,
      budgets: { 'freshness-p99': { atMost: 2, why: 'A reader need not wait for anybody: what is committed is in its place.' } },
    },
  },
  faults: {
    overtaking: {
      kind: 'network',
      link: 'ingest-database',
      effect: 'latency',
      latencyMs: 10,
      jitterMs: 150,
      way: 'up',
      at: { phase: 'inverted', afterSeconds: 0.5 },
      seconds: 9,
    },
  },

  expect: { 'good-events-accepted': true, 'no-takeover': true, 'no-dead-letters': true, 'equals-ordered-delivery': true },
  seen: { inverted: 200 },
  budgets: { drop: { atMost: 0, why: 'Lanes on which the books do not add up: events that were passed over.' } },
  alerts: 'none',
  drainWithinSeconds: 15,
});
