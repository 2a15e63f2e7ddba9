// Producers of two versions of a schema, and in the middle a release that keeps to neither: what does not fit stands aside with its key, all else goes on.
import { scenario } from '../harness/scenario/language.ts';

export default scenario({
  name: 'schema-change',
  title:
    '150 events a second of two versions of their schema; for six seconds a release sends 5 % that fit none, or are of a version that nobody registered',
  why: 'A release that sends what no reader expects is found by its readers, days later, one by one. A registry that only documents would have let it in; one that refuses all would have lost what customers did meanwhile. Here the events are kept, set aside with a reason, and readers go on to get the version that they ask for.',
  set: 'extra',
  needs: { schemas: true },

  traffic: {
    arrivals: 'poisson',
    keys: { kind: 'zipf', count: 1000, exponent: 0.8 },
    versions: true,
    poison: { share: 0.05, kinds: ['unlike-schema', 'unknown-version'], during: 'release' },
  },
  phases: {
    'warm-up': { kind: 'warm-up', seconds: 4, ratePerSecond: 30, shape: { kind: 'ramp', toPerSecond: 150 } },
    before: { kind: 'steady', seconds: 3, ratePerSecond: 150 },
    release: {
      kind: 'fault',
      seconds: 6,
      ratePerSecond: 150,
      budgets: {
        'freshness-p99': { atMost: 2, why: 'Keys that the release did not touch go on, whichever version their events are of.' },
        'ingest-p99': { atMost: 0.25, why: 'To be judged by a schema costs producers nothing that they could see.' },
      },
    },
    after: { kind: 'heal', seconds: 8, ratePerSecond: 150 },
  },

  expect: {
    'good-events-accepted': true,
    'poison-answers': true,
    'dead-letters-equal-poison': true,
    'equals-ordered-delivery': true,
    'no-takeover': true,
  },
  seen: { 'dead-letters': 10 },
  budgets: { drop: { atMost: 0, why: 'Lanes on which the books do not add up: events that were set aside and forgotten.' } },
  alerts: {
    FaultlineSchemaViolations: { after: 'release', withinSeconds: 10, resolvesWithinSeconds: 15 },
    FaultlineDeadLettersGrowing: { after: 'release', withinSeconds: 10, resolvesWithinSeconds: 15 },
    // Nobody replays or discards them here.
    FaultlineDeadLetterTooOld: { after: 'release', withinSeconds: 15, resolvesWithinSeconds: 'never' },
  },
  drainWithinSeconds: 20,
});
