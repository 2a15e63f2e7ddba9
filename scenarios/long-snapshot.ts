// A report holds a snapshot while others write: what dies meanwhile can't be cleaned up, and the operator is told before anybody feels it.
import { scenario } from '../harness/scenario/language.ts';

export default scenario({
  name: 'long-snapshot',
  title: '300 events a second, while a session holds a snapshot of the database for fourteen seconds',
  why: 'Each commit updates the row that counts its lane’s positions, and none of the old versions can go while somebody may still want to see them: appends get slower the longer it lasts, and it looks like a slow disk. Users notice nothing yet; the operator ends the transaction, or moves the report to a replica.',
  set: 'extra',

  traffic: { arrivals: 'poisson', keys: { kind: 'zipf', count: 1000, exponent: 0.8 } },
  phases: {
    // Long enough for its first second, in which nothing is compiled yet, to be over and done with.
    'warm-up': { kind: 'warm-up', seconds: 6, ratePerSecond: 50, shape: { kind: 'ramp', toPerSecond: 300 } },
    held: {
      kind: 'fault',
      seconds: 15,
      ratePerSecond: 300,
      budgets: {
        'ingest-p99': { atMost: 0.25, why: 'Some thousands of old versions cost little; it is the operator’s time that they cost later.' },
        'freshness-p99': { atMost: 2, why: 'Nor do readers notice it.' },
        'error-share': { atMost: 0, why: 'Nothing is refused for it.' },
      },
    },
    after: { kind: 'heal', seconds: 4, ratePerSecond: 200 },
  },
  faults: {
    report: { kind: 'database', effect: 'long-snapshot', at: { phase: 'held', afterSeconds: 0.5 }, seconds: 14 },
  },

  expect: { 'good-events-accepted': true, 'no-takeover': true, 'no-dead-letters': true, 'equals-ordered-delivery': true },
  budgets: { drop: { atMost: 0, why: 'Lanes on which the books do not add up.' } },
  alerts: { FaultlineSnapshotOld: { after: 'report', withinSeconds: 14, resolvesWithinSeconds: 10 } },
  drainWithinSeconds: 15,
});
