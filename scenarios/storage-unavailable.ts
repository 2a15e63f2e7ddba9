// Thirty seconds without a database, of which nobody is told: clients are refused or left in doubt, nothing is parked for it, and all of it comes back.
import { scenario } from '../harness/scenario/language.ts';

const away = { kind: 'network', effect: 'black-hole', at: { phase: 'away', afterSeconds: 1 }, seconds: 30 } as const;

export default scenario({
  name: 'storage-unavailable',
  title: '30 events a second from clients who try again, while for half a minute nothing comes through to the database or back',
  why: 'A host that is gone tells nobody: connections stay open, and questions are never answered. A system that waits without a bound hangs with it; one that takes the silence for an answer loses what it stored, or stores what it refused; one that parks what it could not write leaves a night’s work behind. Users get 503 with Retry-After within four seconds, those of the commit under way and of their own, and see no new data; the operator looks after the database, and after nothing else.',
  set: 'extra',
  // A client hears soon that nothing can be had; ten seconds, the default, are for those who rather wait.
  needs: { settings: { FAULTLINE_COMMIT_TIMEOUT_MS: '2000' } },

  // All that is sent in half a minute waits at a time: at no more than a client has connections, so that each wait is the target's.
  traffic: { arrivals: 'poisson', keys: { kind: 'zipf', count: 500, exponent: 0.8 }, retries: 10 },
  phases: {
    'warm-up': { kind: 'warm-up', seconds: 2, ratePerSecond: 30 },
    away: { kind: 'fault', seconds: 31, ratePerSecond: 30 },
    back: {
      kind: 'heal',
      seconds: 8,
      ratePerSecond: 30,
      budgets: {
        'accepted-after': {
          measure: 'error-share-at-end',
          atMost: 0,
          why: 'Once the database can be reached nothing is refused any more.',
        },
      },
    },
  },
  faults: {
    'ingest-cut-off': { ...away, link: 'ingest-database' },
    'workers-cut-off': { ...away, link: 'worker-database' },
    'queries-cut-off': { ...away, link: 'query-database' },
  },

  expect: {
    'every-event-acknowledged': true,
    // The commit under way and its own may each take all of their time; three seconds are for a machine that is shared.
    'refused-in-time': { seconds: 7 },
    'no-dead-letters': true,
    'equals-ordered-delivery': true,
  },
  budgets: {
    parked: { atMost: 0, why: 'A database that does not answer is no event’s fault.' },
    drop: { atMost: 0, why: 'Lanes on which the books do not add up.' },
  },
  alerts: {
    FaultlineIngestErrorBudgetBurn: { after: 'ingest-cut-off', withinSeconds: 15, resolvesWithinSeconds: 15 },
    FaultlineBooksStale: { after: 'workers-cut-off', withinSeconds: 15, resolvesWithinSeconds: 15 },
    // All leases have run out by then, and are taken anew.
    FaultlineLeaseTakenOver: { after: 'back', withinSeconds: 10, resolvesWithinSeconds: 15 },
  },
  mayFire: {
    FaultlineEventsStale: 'What was accepted and not yet applied when the database went is as old as the outage for a moment.',
    FaultlineFreshnessBudgetBurn: 'The same few events, among the first that become visible again.',
    FaultlineIngestLatencyBudgetBurn: 'The first that are accepted again have waited for a connection: up to two seconds.',
  },
  drainWithinSeconds: 20,
});
