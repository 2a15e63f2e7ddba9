// The quiet day: what every other scenario is measured against.
import { scenario } from '../harness/scenario/language.ts';

export default scenario({
  name: 'steady',
  title: '150 events a second with a few hot keys, and nothing goes wrong',
  why: 'If the promises do not hold on a quiet day, nothing else that is shown means anything. It is also where a lie is easiest to see: no duplicate, no drop, no dead letter and hardly any lag are due, so a signal that says otherwise, or says nothing, stands out.',

  traffic: { arrivals: 'poisson', keys: { kind: 'zipf', count: 1000, exponent: 1 } },
  phases: {
    'warm-up': { kind: 'warm-up', seconds: 4, ratePerSecond: 50, shape: { kind: 'ramp', toPerSecond: 150 } },
    // Processes that have just started compile their code for the first thousands of events; on two busy cores that takes seconds.
    settling: { kind: 'warm-up', seconds: 5, ratePerSecond: 150 },
    steady: {
      kind: 'steady',
      // Long enough that one stall of a shared machine is not one request in a hundred.
      seconds: 15,
      ratePerSecond: 150,
      budgets: {
        'ingest-p99': { atMost: 0.1, why: 'A producer waits for its 2xx: one in a hundred may wait a tenth of a second.' },
        'freshness-p99': { atMost: 1, why: 'What was accepted can be queried within a second, from the slower of the processors.' },
        lag: { atMost: 150, why: 'Workers keep up: at no moment does a second of traffic wait.' },
        'error-share': { atMost: 0, why: 'Every good event is accepted.' },
        drop: { atMost: 0, why: 'Lanes on which the books do not add up: events that vanished.' },
        'duplicate-rate': { atMost: 0, why: 'Nobody sends twice here, so nothing may be answered as a duplicate.' },
        parked: { atMost: 0, why: 'Nothing is poisoned, so no event may be parked.' },
      },
    },
  },

  expect: {
    'good-events-accepted': true,
    'no-takeover': true,
    'no-dead-letters': true,
    'equals-ordered-delivery': true,
    'panels-have-data': {
      // What shows trouble alone is empty where there is none.
      mayBeEmpty: [
        // It sends nothing by UDP, so that door is shut.
        'ingest › Queue of datagrams and its limit',
        // It has one tenant, without a quota.
        'ingest › Storage quotas in use',
        'pipeline › Traces with an error',
        'pipeline › Warnings and errors',
        'recovery › Traces of failures',
        'recovery › Failures, dead letters and commands',
        'run › annotation Faults',
      ],
    },
  },
  // The quiet day: whoever is called on it for nothing does not come on the others.
  alerts: 'none',
  drainWithinSeconds: 10,
});
