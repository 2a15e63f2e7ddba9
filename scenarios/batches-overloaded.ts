// Batches meet a full queue: a part of each is taken and a part refused, and each event has an answer of its own.
import { scenario } from '../harness/scenario/language.ts';

export default scenario({
  name: 'batches-overloaded',
  title: '3,000 events a second in batches of up to twenty, for four seconds, to a front door that takes 1,900',
  why: 'A batch is not atomic: under overload some of it is stored and some is not. Who answers for the whole says of stored events that they were refused, or of refused ones that they are stored; and an answer that is off by one tells each sender about its neighbour. Users have the part that was refused to send again; the operator sees refusals that end by themselves.',
  set: 'extra',
  needs: {
    settings: {
      // Room for about 150 events (body and 512 bytes each), committed every 80 ms: at most 1,900/s.
      FAULTLINE_QUEUE_LIMIT_BYTES: '122880',
      FAULTLINE_FLUSH_LINGER_MS: '80',
    },
  },

  traffic: { arrivals: 'poisson', keys: { kind: 'zipf', count: 3000, exponent: 0.6 }, batch: { size: 20, lingerMs: 20 } },
  phases: {
    'warm-up': { kind: 'warm-up', seconds: 5, ratePerSecond: 100, shape: { kind: 'ramp', toPerSecond: 900 } },
    rush: { kind: 'fault', seconds: 4, ratePerSecond: 3000 },
    after: {
      kind: 'heal',
      seconds: 6,
      ratePerSecond: 150,
      budgets: {
        'accepted-after': { measure: 'error-share-at-end', atMost: 0, why: 'Once the rush is over nothing is refused any more.' },
      },
    },
  },

  expect: { 'no-takeover': true, 'no-dead-letters': true, 'equals-ordered-delivery': true },
  seen: { refusals: 200 },
  budgets: { drop: { atMost: 0, why: 'Lanes on which the books do not add up.' } },
  alerts: { FaultlineIngestRefusing: { after: 'rush', withinSeconds: 10, resolvesWithinSeconds: 15 } },
  mayFire: {
    FaultlineIngestErrorBudgetBurn:
      'It counts requests: a batch of which some was taken is a good one, one that was refused altogether is not.',
    FaultlineLagGrowing: 'The faster ingest is, the more comes to the workers at once.',
  },
  drainWithinSeconds: 20,
});
