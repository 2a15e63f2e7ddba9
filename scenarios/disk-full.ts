// The disk of the tables is full: every write is refused by the database, each refusal is told to whoever asked, and all goes on when there is room.
import { scenario } from '../harness/scenario/language.ts';

export default scenario({
  name: 'disk-full',
  title:
    '100 events a second from clients who try again, and 10 reads a second beside them, while for twelve seconds the disk of the tables is full',
  why: 'A full disk is the failure that error handling is least tested for: a write whose error is swallowed is a 2xx for an event that is nowhere, and a worker that takes it for the event’s fault parks everything it touches. Users get 503 with Retry-After and can still read; the operator makes room, and starts nothing anew.',
  set: 'extra',
  // A client hears soon that nothing can be had; ten seconds, the default, are for those who rather wait.
  needs: { settings: { FAULTLINE_COMMIT_TIMEOUT_MS: '2000' } },

  traffic: { arrivals: 'poisson', keys: { kind: 'zipf', count: 500, exponent: 0.8 }, retries: 20 },
  reads: { ratePerSecond: 10 },
  phases: {
    'warm-up': { kind: 'warm-up', seconds: 4, ratePerSecond: 20, shape: { kind: 'ramp', toPerSecond: 100 } },
    full: { kind: 'fault', seconds: 13, ratePerSecond: 100 },
    after: {
      kind: 'heal',
      seconds: 6,
      ratePerSecond: 100,
      budgets: { 'accepted-after': { measure: 'error-share-at-end', atMost: 0, why: 'Once there is room nothing is refused any more.' } },
    },
  },
  faults: {
    'no-room': { kind: 'database', effect: 'disk-full', at: { phase: 'full', afterSeconds: 0.5 }, seconds: 12 },
  },

  expect: {
    'every-event-acknowledged': true,
    // The commit under way and its own may each take all of their time; a second is for the machine.
    'refused-in-time': { seconds: 5 },
    'reads-answered': true,
    'no-dead-letters': true,
    'equals-ordered-delivery': true,
  },
  seen: { reads: 100 },
  budgets: {
    parked: { atMost: 0, why: 'A full disk is no event’s fault.' },
    drop: { atMost: 0, why: 'Lanes on which the books do not add up.' },
  },
  alerts: {
    FaultlineIngestErrorBudgetBurn: { after: 'no-room', withinSeconds: 12, resolvesWithinSeconds: 15 },
  },
  mayFire: {
    FaultlineStorageFailing:
      'It waits for ten seconds of failures, and workers fail only where events were left for them when the disk ran full.',
    FaultlineLeaseTakenOver: 'A lease is renewed in its own page, as long as that has room.',
  },
  drainWithinSeconds: 20,
});
