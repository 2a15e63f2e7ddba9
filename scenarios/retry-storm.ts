// Everybody who was refused comes back: more requests than events, until the rush is over and all of them are served.
import { scenario } from '../harness/scenario/language.ts';

export default scenario({
  name: 'retry-storm',
  title: '425 events a second for four seconds to a front door that takes 310, from clients who try again up to fifteen times',
  why: 'Clients that try again turn an overload into a greater one: refusals make requests, and requests make refusals. Without a Retry-After they come back at once and together, and a system that spends as much on a refusal as on an event stays down after the rush is over. Users are served some seconds later; the operator sees refusals that end by themselves, and makes the queue no larger.',
  set: 'extra',
  needs: {
    settings: {
      // Room for about 37 events (body and 512 bytes each), committed every 120 ms: at most 310/s.
      FAULTLINE_QUEUE_LIMIT_BYTES: '30720',
      FAULTLINE_FLUSH_LINGER_MS: '120',
    },
  },

  traffic: { arrivals: 'poisson', keys: { kind: 'zipf', count: 3000, exponent: 0.6 }, retries: 15 },
  phases: {
    'warm-up': { kind: 'warm-up', seconds: 5, ratePerSecond: 30, shape: { kind: 'ramp', toPerSecond: 150 } },
    rush: {
      kind: 'fault',
      seconds: 4,
      ratePerSecond: 425,
      budgets: {
        'accepted-p99': { measure: 'ingest-p99', atMost: 0.5, why: 'What is accepted is accepted soon, also in the middle of the storm.' },
        queue: { atMost: 1, why: 'The queue never holds more than its limit.' },
      },
    },
    after: {
      kind: 'heal',
      seconds: 12,
      ratePerSecond: 60,
      budgets: {
        'accepted-after': {
          measure: 'error-share-at-end',
          atMost: 0,
          why: 'The storm dies down by itself: at the end nothing is refused any more.',
        },
      },
    },
  },

  expect: {
    'refusals-are-definite': true,
    'every-event-acknowledged': true,
    'duplicates-counted-exactly': true,
    'no-takeover': true,
    'no-dead-letters': true,
    'memory-within': { megabytes: 350 },
  },
  seen: { refusals: 500 },
  budgets: { drop: { atMost: 0, why: 'Lanes on which the books do not add up.' } },
  alerts: {
    FaultlineIngestErrorBudgetBurn: { after: 'rush', withinSeconds: 10, resolvesWithinSeconds: 15 },
    FaultlineIngestRefusing: { after: 'rush', withinSeconds: 10, resolvesWithinSeconds: 15 },
  },
  mayFire: {
    FaultlineLagGrowing: 'The faster ingest is, the more comes to the workers at once: more than a thousand for two seconds, or less.',
  },
  drainWithinSeconds: 20,
});
