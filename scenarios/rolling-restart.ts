// A deployment under load: every process is stopped in order and started again, one after the other, and nobody notices.
import { scenario } from '../harness/scenario/language.ts';

export default scenario({
  name: 'rolling-restart',
  title: '120 events a second from clients who try again, while each of seven processes is stopped and started again, one after the other',
  why: 'It happens every week, and each time a little is lost: a request that came with the end of the listener, an answer that was not waited for, a lane that stands still until a lease runs out that could have been given back. Users notice nothing, at most a request that had to be sent again; the operator sees no takeover and no alert, or the deployment is not in order.',
  set: 'extra',
  needs: { processes: { ingest: 2, worker: 3, query: 2 } },

  traffic: { arrivals: 'poisson', keys: { kind: 'zipf', count: 1000, exponent: 0.8 }, retries: 4 },
  // Whoever deploys goes on once the one before is back: on a slow and busy machine that takes five seconds.
  phases: {
    'warm-up': { kind: 'warm-up', seconds: 4, ratePerSecond: 20, shape: { kind: 'ramp', toPerSecond: 120 } },
    deployment: {
      kind: 'fault',
      seconds: 42,
      ratePerSecond: 120,
      budgets: {
        'ingest-p99': { atMost: 0.5, why: 'What is on its way when a process stops is answered by it; what comes then goes to the other.' },
        'freshness-p99': { atMost: 2, why: 'Lanes are given back, so that none waits for a lease.' },
        'error-share': { atMost: 0, why: 'A process that stops refuses nobody.' },
      },
    },
  },
  faults: {
    'query-first': { kind: 'restart', role: 'query', index: 0, at: { phase: 'deployment', afterSeconds: 0.5 } },
    'query-second': { kind: 'restart', role: 'query', index: 1, at: { phase: 'deployment', afterSeconds: 6 } },
    'worker-first': { kind: 'restart', role: 'worker', index: 0, at: { phase: 'deployment', afterSeconds: 12 } },
    'worker-second': { kind: 'restart', role: 'worker', index: 1, at: { phase: 'deployment', afterSeconds: 18 } },
    'worker-third': { kind: 'restart', role: 'worker', index: 2, at: { phase: 'deployment', afterSeconds: 24 } },
    'ingest-first': { kind: 'restart', role: 'ingest', index: 0, at: { phase: 'deployment', afterSeconds: 30 } },
    'ingest-second': { kind: 'restart', role: 'ingest', index: 1, at: { phase: 'deployment', afterSeconds: 37 } },
  },

  expect: {
    'every-event-acknowledged': true,
    'refused-nobody': true,
    'stops-in-order': { seconds: 20 },
    'no-takeover': true,
    'no-dead-letters': true,
    'equals-ordered-delivery': true,
  },
  budgets: { drop: { atMost: 0, why: 'Lanes on which the books do not add up.' } },
  alerts: 'none',
  drainWithinSeconds: 15,
});
