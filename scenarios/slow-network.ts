// A network between the workers and the database that is slow and uneven: everything takes longer, and nothing else may change.
import { scenario } from '../harness/scenario/language.ts';

export default scenario({
  name: 'slow-network',
  title: '200 events a second while every answer of the database comes to the workers 20 to 40 ms late, then at 256 KiB/s',
  why: 'On a laptop the database answers in a tenth of a millisecond, and code that asks it once an event looks as fast as code that asks once a batch. Over a real network the first falls behind for good, and a lease that is renewed between two slow answers is lost to nobody’s fault.',
  set: 'extra',

  traffic: { arrivals: 'poisson', keys: { kind: 'zipf', count: 1000, exponent: 0.8 } },
  phases: {
    'warm-up': { kind: 'warm-up', seconds: 4, ratePerSecond: 40, shape: { kind: 'ramp', toPerSecond: 200 } },
    slow: {
      kind: 'fault',
      seconds: 8,
      ratePerSecond: 200,
      budgets: {
        'ingest-p99': { atMost: 0.25, why: 'The workers’ network is not the producers’ affair.' },
        'freshness-p99': { atMost: 2, why: 'A batch takes some round trips, an event takes none of its own: fresh within two seconds.' },
      },
    },
    narrow: { kind: 'fault', seconds: 8, ratePerSecond: 200 },
  },
  faults: {
    'late-answers': {
      kind: 'network',
      link: 'worker-database',
      effect: 'latency',
      latencyMs: 20,
      jitterMs: 20,
      way: 'down',
      at: { phase: 'slow', afterSeconds: 0.5 },
      seconds: 6,
    },
    'narrow-link': {
      kind: 'network',
      link: 'worker-database',
      effect: 'bandwidth',
      bytesPerSecond: 262_144,
      at: { phase: 'narrow', afterSeconds: 0.5 },
      seconds: 6,
    },
  },

  expect: { 'good-events-accepted': true, 'no-takeover': true, 'no-dead-letters': true, 'equals-ordered-delivery': true },
  budgets: { drop: { atMost: 0, why: 'Lanes on which the books do not add up.' } },
  alerts: 'none',
  drainWithinSeconds: 20,
});
