// Six kinds of poison among good events: refused at the door with a code of its own, or parked with its key while all others go on.
import { scenario } from '../harness/scenario/language.ts';

export default scenario({
  name: 'poison-messages',
  title: '100 events a second, 3 % of them poison of six kinds',
  why: 'One bad event must not stop a lane, spin in a queue for ever, or be dropped in silence. Some poison can be seen at the door; some only shows when user code runs on it, throws, or never comes back, even in a loop that can not be interrupted from inside.',

  needs: { faultyHandler: true },
  traffic: {
    arrivals: 'poisson',
    keys: { kind: 'zipf', count: 1000, exponent: 0.8 },
    poison: {
      share: 0.03,
      kinds: ['broken-json', 'wrong-types', 'oversized', 'hostile-text', 'handler-throws', 'handler-hangs'],
      during: 'poison',
    },
  },
  phases: {
    // A handler that hangs takes a core until its deadline, and a cold system has none to spare.
    'warm-up': { kind: 'warm-up', seconds: 4, ratePerSecond: 50, shape: { kind: 'ramp', toPerSecond: 100 } },
    poison: {
      kind: 'fault',
      seconds: 16,
      ratePerSecond: 100,
      budgets: {
        'freshness-p99': {
          atMost: 2,
          why: 'Keys that are not poisoned go on: a hanging handler holds its lane up for no longer than its deadline.',
        },
        'ingest-p99': { atMost: 0.25, why: 'Bad input costs the producers of good input nothing.' },
      },
    },
  },

  expect: {
    'good-events-accepted': true,
    'poison-answers': true,
    'dead-letters-equal-poison': true,
    'equals-ordered-delivery': true,
    'no-takeover': true,
  },
  seen: { 'dead-letters': 10 },
  budgets: {
    drop: { atMost: 0, why: 'Lanes on which the books do not add up: poison that was skipped in silence.' },
  },
  alerts: {
    FaultlineDeadLettersGrowing: { after: 'poison', withinSeconds: 10, resolvesWithinSeconds: 15 },
    // Nobody replays or discards them here.
    FaultlineDeadLetterTooOld: { after: 'poison', withinSeconds: 15, resolvesWithinSeconds: 'never' },
  },
  drainWithinSeconds: 20,
});
