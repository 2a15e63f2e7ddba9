// Somebody forgot a transaction in another database of the same server: that is nothing to us.
import { scenario } from '../harness/scenario/language.ts';

export default scenario({
  name: 'idle-transaction',
  title: '250 events a second, while in another database of the same server a transaction that has written is left open',
  why: 'Who reads a log by the oldest transaction that still runs waits for everybody on the server: for a report, for a colleague’s forgotten psql, for another team. Everything is accepted and nothing arrives. Here positions are given under the lane’s lock, so that no reader has to wait. Users notice nothing; and the operator is not called for a transaction that holds back nothing of theirs.',
  set: 'extra',

  traffic: { arrivals: 'poisson', keys: { kind: 'zipf', count: 1000, exponent: 0.8 } },
  phases: {
    'warm-up': { kind: 'warm-up', seconds: 4, ratePerSecond: 40, shape: { kind: 'ramp', toPerSecond: 250 } },
    forgotten: {
      kind: 'fault',
      seconds: 15,
      ratePerSecond: 250,
      budgets: {
        'ingest-p99': { atMost: 0.25, why: 'Producers do not notice it.' },
        'freshness-p99': { atMost: 1, why: 'Nor do readers: nobody waits for a transaction that is not theirs.' },
        lag: { atMost: 500, why: 'Workers keep up: at no moment do two seconds of traffic wait.' },
      },
    },
  },
  faults: {
    'left-open': {
      kind: 'database',
      effect: 'idle-transaction',
      elsewhere: true,
      at: { phase: 'forgotten', afterSeconds: 0.5 },
      seconds: 13,
    },
  },

  expect: { 'good-events-accepted': true, 'no-takeover': true, 'no-dead-letters': true, 'equals-ordered-delivery': true },
  budgets: { drop: { atMost: 0, why: 'Lanes on which the books do not add up.' } },
  // Held for longer than a snapshot may be old: but it holds nothing back in this database.
  alerts: 'none',
  drainWithinSeconds: 15,
});
