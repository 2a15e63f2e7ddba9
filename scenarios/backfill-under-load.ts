// A year of the past comes in beside live traffic, and both ends of the import die on the way.
import { scenario } from '../harness/scenario/language.ts';

export default scenario({
  name: 'backfill-under-load',
  title: '5,000 past events are imported beside 150 live ones a second; the importing client is killed, then the process that appends',
  why: 'A team that moves to an event system brings its past with it, while the present goes on. An import that is interrupted and started again is where lines are lost, or come twice: a place in a file that is noted before or after the events themselves. And one that goes as fast as it can makes live events wait behind it.',
  set: 'extra',

  traffic: { arrivals: 'poisson', keys: { kind: 'zipf', count: 300, exponent: 0.8 } },
  phases: {
    'warm-up': { kind: 'warm-up', seconds: 4, ratePerSecond: 30, shape: { kind: 'ramp', toPerSecond: 150 } },
    importing: {
      kind: 'fault',
      seconds: 20,
      ratePerSecond: 150,
      budgets: {
        'ingest-p99': { atMost: 0.5, why: 'Producers do not notice that a past is imported.' },
        'freshness-p99': { atMost: 1, why: 'Live events come first: the import gives way before they wait.' },
      },
    },
    after: { kind: 'steady', seconds: 4, ratePerSecond: 150 },
  },
  faults: {
    'old-shop': { kind: 'import', at: { phase: 'importing', afterSeconds: 0.5 }, seconds: 60, lines: 5000, ratePerSecond: 800 },
  },

  expect: {
    'good-events-accepted': true,
    'no-takeover': true,
    'no-dead-letters': true,
    'equals-ordered-delivery': true,
  },
  budgets: {
    drop: { atMost: 0, why: 'Lanes on which the books do not add up: events that the crash lost.' },
  },
  alerts: 'none',
  drainWithinSeconds: 20,
});
