// The server has no connection left to give, just when everybody has to connect anew: refused, not lost; waited, not parked.
import { scenario } from '../harness/scenario/language.ts';

export default scenario({
  name: 'connections-used-up',
  title: '100 events a second from clients who try again, while all connections of the server are taken after ours were cut off',
  why: 'Connections that are open hide it for days: that another service has taken all that are left is noticed by whoever has to connect anew. A refusal to connect that is kept like a connection never comes right again, and a start that gives up at the first try makes of a minute’s trouble an outage. Users are refused with Retry-After; the operator looks for who holds the connections, and gives ours a reserve of their own.',
  set: 'extra',
  // A client hears soon that nothing can be had; ten seconds, the default, are for those who rather wait.
  needs: { settings: { FAULTLINE_COMMIT_TIMEOUT_MS: '2000' } },

  traffic: { arrivals: 'poisson', keys: { kind: 'zipf', count: 500, exponent: 0.8 }, retries: 12 },
  phases: {
    'warm-up': { kind: 'warm-up', seconds: 4, ratePerSecond: 20, shape: { kind: 'ramp', toPerSecond: 100 } },
    'used-up': { kind: 'fault', seconds: 9, ratePerSecond: 100 },
    after: {
      kind: 'heal',
      seconds: 8,
      ratePerSecond: 100,
      budgets: {
        'accepted-after': { measure: 'error-share-at-end', atMost: 0, why: 'Once there are connections nothing is refused any more.' },
      },
    },
  },
  faults: {
    // Ours are cut first; while nobody can connect over these links, all that is left is taken by somebody else.
    'ingest-cut-off': {
      kind: 'network',
      link: 'ingest-database',
      effect: 'cut',
      at: { phase: 'used-up', afterSeconds: 0.5 },
      seconds: 3.5,
    },
    'workers-cut-off': {
      kind: 'network',
      link: 'worker-database',
      effect: 'cut',
      at: { phase: 'used-up', afterSeconds: 0.5 },
      seconds: 3.5,
    },
    'all-taken': { kind: 'database', effect: 'connections', at: { phase: 'used-up', afterSeconds: 1.5 }, seconds: 5.5 },
  },

  expect: {
    'every-event-acknowledged': true,
    // The commit under way and its own may each take all of their time; a second is for the machine.
    'refused-in-time': { seconds: 5 },
    'no-dead-letters': true,
    'equals-ordered-delivery': true,
  },
  budgets: {
    parked: { atMost: 0, why: 'That nobody can connect is no event’s fault.' },
    drop: { atMost: 0, why: 'Lanes on which the books do not add up.' },
  },
  alerts: {
    FaultlineIngestErrorBudgetBurn: { after: 'ingest-cut-off', withinSeconds: 10, resolvesWithinSeconds: 15 },
    FaultlineLeaseTakenOver: { after: 'workers-cut-off', withinSeconds: 15, resolvesWithinSeconds: 15 },
  },
  mayFire: {
    FaultlineIngestLatencyBudgetBurn:
      'What was in hand when the connections broke waits for up to two seconds, and is accepted if it is in time.',
    FaultlineFreshnessBudgetBurn: 'What was accepted and not yet applied by then is among the first that become visible again.',
    FaultlineBooksStale: 'Ten seconds without a reading is what an outage of this length comes near to.',
    FaultlineStorageFailing: 'It waits for ten seconds of failures, which is about how long this lasts.',
  },
  drainWithinSeconds: 20,
});
