// The disk fills up while everything works: ingest must say no in time, definitely, and the rest must go on.
import { scenario } from '../harness/scenario/language.ts';

export default scenario({
  name: 'disk-budget',
  title: '250 events a second into a database that reaches its disk budget on the way',
  why: 'A disk that is full stops the database, and with it the workers, the queries and every way to make room. So ingest has a budget below it: at the budget it refuses, definitely, and what was accepted before is processed and can be read as ever. The operator is told before, and makes room or raises the budget.',
  set: 'extra',

  needs: {
    // A database without an event has about 11 MB; 250 events a second add about 0.5 MB.
    settings: { FAULTLINE_DISK_BUDGET_BYTES: '16000000' },
  },
  traffic: { arrivals: 'poisson', keys: { kind: 'zipf', count: 1000, exponent: 0.8 } },
  phases: {
    'warm-up': { kind: 'warm-up', seconds: 4, ratePerSecond: 40, shape: { kind: 'ramp', toPerSecond: 200 } },
    filling: {
      kind: 'steady',
      seconds: 6,
      ratePerSecond: 250,
      budgets: {
        'ingest-p99': { atMost: 0.25, why: 'A disk that fills up slows nobody down.' },
      },
    },
    full: {
      kind: 'fault',
      seconds: 10,
      ratePerSecond: 250,
      budgets: {
        'freshness-p99': { atMost: 1, why: 'Workers go on: what was accepted is visible at once, also at the budget.' },
        disk: { atMost: 1.2, why: 'Looked at every two seconds, and workers go on: a little beyond the budget, never far.' },
      },
    },
  },

  expect: {
    'refusals-are-definite': true,
    'no-takeover': true,
    'no-dead-letters': true,
  },
  seen: { refusals: 500 },
  budgets: {
    drop: { atMost: 0, why: 'Lanes on which the books do not add up: events that vanished.' },
  },
  alerts: {
    // Nobody makes room here.
    FaultlineDiskBudgetNear: { after: 'filling', withinSeconds: 15, resolvesWithinSeconds: 'never' },
    FaultlineIngestErrorBudgetBurn: { after: 'full', withinSeconds: 15, resolvesWithinSeconds: 'never' },
  },
  drainWithinSeconds: 10,
});
