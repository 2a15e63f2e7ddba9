// A commit whose answer is lost, of events to which nobody gave an id: the system's own repeats must not store them twice, and nobody else's are safe.
import { scenario } from '../harness/scenario/language.ts';

export default scenario({
  name: 'commit-unknown-without-ids',
  title:
    '200 events a second without ids, each sent once, while the answers to three appends are thrown away, and to three more with the database out of reach after',
  why: 'Who gives no id can not send an event again without sending another one. So the system may not leave that to them where it can find out by itself: an event has an identity from its admission on, under which a commit is repeated until its answer comes. Only where that takes too long the client is told the truth, that nobody knows. Users get a 2xx late, or 503 commit_unknown; the operator has them send ids.',
  set: 'extra',
  // Long enough to find out where the database can be reached again at once, shorter than it stays away the second time.
  needs: { settings: { FAULTLINE_COMMIT_TIMEOUT_MS: '1000' } },

  traffic: { arrivals: 'poisson', keys: { kind: 'uniform', count: 2000 }, ids: 'none' },
  phases: {
    'warm-up': { kind: 'warm-up', seconds: 4, ratePerSecond: 40, shape: { kind: 'ramp', toPerSecond: 200 } },
    repeated: { kind: 'fault', seconds: 6, ratePerSecond: 200 },
    unknown: { kind: 'fault', seconds: 8, ratePerSecond: 200 },
    after: {
      kind: 'heal',
      seconds: 5,
      ratePerSecond: 200,
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
    'answers-lost': {
      kind: 'network',
      link: 'ingest-database',
      effect: 'swallow-commit',
      times: 3,
      statement: 'append_batch(',
      at: { phase: 'repeated', afterSeconds: 0.5 },
      seconds: 4.5,
    },
    'answers-lost-and-away': {
      kind: 'network',
      link: 'ingest-database',
      effect: 'swallow-commit',
      times: 3,
      statement: 'append_batch(',
      refuseForMs: 1500,
      at: { phase: 'unknown', afterSeconds: 0.5 },
      seconds: 7,
    },
  },

  expect: { 'no-takeover': true, 'no-dead-letters': true, 'equals-ordered-delivery': true },
  seen: { recovered: 3 },
  budgets: { drop: { atMost: 0, why: 'Lanes on which the books do not add up.' } },
  alerts: {
    FaultlineIngestErrorBudgetBurn: { after: 'answers-lost-and-away', withinSeconds: 10, resolvesWithinSeconds: 15 },
  },
  drainWithinSeconds: 20,
});
