// The database is restarted twice, once in order and once as in a crash: what was acknowledged survives both.
import { scenario } from '../harness/scenario/language.ts';

export default scenario({
  name: 'database-restarted',
  title: '80 to 160 events a second from clients who try again, while the database is stopped in order, and later ends as in a crash',
  why: 'A 2xx promises that the event is on disk. A commit that is only in memory answers faster and nobody notices, until the server ends without having been asked. And every connection breaks at once: whoever takes that for a failure of its own gives up, dies, or parks what it had in hand. Users are refused for the seconds that the restart takes; the operator has nothing to do but to find out why it was restarted.',
  set: 'extra',
  // Shorter than the database stays away: whether a commit is in doubt when it ends is chance, and with it whether the clients behind it wait for it or are refused.
  needs: { settings: { FAULTLINE_COMMIT_TIMEOUT_MS: '1000' } },

  traffic: { arrivals: 'poisson', keys: { kind: 'zipf', count: 1000, exponent: 0.8 }, retries: 15 },
  phases: {
    'warm-up': { kind: 'warm-up', seconds: 4, ratePerSecond: 20, shape: { kind: 'ramp', toPerSecond: 80 } },
    // Long enough that what failed in the first restart, slow as a server's start may be, is out of the alerts' windows before the second.
    maintenance: { kind: 'fault', seconds: 13, ratePerSecond: 80 },
    // So many that the last tenth of a second before the end, in which no other commit took them to the disk, has some of them.
    crash: { kind: 'fault', seconds: 9, ratePerSecond: 160 },
    after: {
      kind: 'heal',
      seconds: 5,
      ratePerSecond: 80,
      budgets: {
        'accepted-after': { measure: 'error-share-at-end', atMost: 0, why: 'Once the database is back nothing is refused any more.' },
      },
    },
  },
  faults: {
    'restart-in-order': { kind: 'database', effect: 'restart', how: 'fast', at: { phase: 'maintenance', afterSeconds: 1 }, seconds: 3 },
    'end-as-in-a-crash': { kind: 'database', effect: 'restart', how: 'immediate', at: { phase: 'crash', afterSeconds: 1 }, seconds: 2 },
  },

  expect: { 'every-event-acknowledged': true, 'no-dead-letters': true, 'equals-ordered-delivery': true },
  budgets: {
    parked: { atMost: 0, why: 'A database that is away is no event’s fault.' },
    drop: { atMost: 0, why: 'Lanes on which the books do not add up.' },
  },
  alerts: {
    FaultlineIngestErrorBudgetBurn: { after: ['restart-in-order', 'end-as-in-a-crash'], withinSeconds: 10, resolvesWithinSeconds: 15 },
  },
  mayFire: {
    FaultlineLeaseTakenOver: 'A lease of three seconds outlives a restart of three, or does not: it depends on when it was renewed last.',
  },
  drainWithinSeconds: 20,
});
