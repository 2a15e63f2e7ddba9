// Numbered events that arrive out of order and twice: the end must be the one of ordered delivery.
import { scenario } from '../harness/scenario/language.ts';

export default scenario({
  name: 'out-of-order',
  title: '150 numbered events a second, 30 % displaced by up to 50 places, 5 % delivered twice',
  why: 'Retries, parallel senders and networks reorder and repeat. A system that applies what comes as it comes ends in another state each time; one that waits for a predecessor that never comes stands still. Here each key is numbered by its producer, so that the only right end is known.',

  traffic: {
    arrivals: 'poisson',
    keys: { kind: 'zipf', count: 100, exponent: 1 },
    sequenced: true,
    disorder: { share: 0.3, places: 50 },
    duplicates: { share: 0.05, withinMs: 1000 },
  },
  phases: {
    'warm-up': { kind: 'warm-up', seconds: 4, ratePerSecond: 50, shape: { kind: 'ramp', toPerSecond: 150 } },
    disorder: {
      kind: 'fault',
      seconds: 14,
      ratePerSecond: 150,
      budgets: {
        pending: { atMost: 250, why: 'Early events wait, but only as many as the disorder makes: 50 places of 150 a second.' },
        'freshness-p99': { atMost: 2, why: 'Waiting for a predecessor takes no longer than the predecessor does.' },
      },
    },
  },

  expect: {
    'good-events-accepted': true,
    'equals-ordered-delivery': true,
    'duplicates-counted-exactly': true,
    'no-dead-letters': true,
    'no-takeover': true,
  },
  seen: { 'out-of-order': 200, duplicates: 50 },
  budgets: {
    drop: { atMost: 0, why: 'Lanes on which the books do not add up: early events that were forgotten.' },
  },
  // Early events wait for a moment, each for a predecessor that comes: nothing for anybody to do.
  alerts: 'none',
  drainWithinSeconds: 10,
});
