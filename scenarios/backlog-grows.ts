// More comes than the workers can do: the backlog grows, ingest goes on at full speed, and the backlog goes away again in order.
import { scenario } from '../harness/scenario/language.ts';

export default scenario({
  name: 'backlog-grows',
  title: '500 events a second for six seconds to workers that can do 200, then 50 a second until the backlog is gone',
  why: 'Workers fall behind some day, and then it shows whether anything was built on their keeping up: a read that takes the newest first leaves the rest behind, a queue in memory runs full, a front door that waits for its workers stops. Producers notice nothing; readers see data that is older by the second; the operator adds workers, or waits.',
  set: 'extra',
  // Each of the two workers, for each processor.
  needs: { settings: { FAULTLINE_WORKER_MAX_EVENTS_PER_SECOND: '100' } },

  traffic: { arrivals: 'poisson', keys: { kind: 'uniform', count: 2000 } },
  phases: {
    'warm-up': { kind: 'warm-up', seconds: 4, ratePerSecond: 40, shape: { kind: 'ramp', toPerSecond: 180 } },
    rush: {
      kind: 'fault',
      seconds: 6,
      ratePerSecond: 500,
      budgets: { 'ingest-while-behind': { measure: 'ingest-p99', atMost: 0.25, why: 'Ingest does not wait for workers.' } },
    },
    calm: {
      kind: 'heal',
      seconds: 16,
      ratePerSecond: 50,
      budgets: { 'ingest-p99': { atMost: 0.25, why: 'Nor while they catch up.' } },
    },
  },

  expect: {
    'good-events-accepted': true,
    'lag-recovers': { under: 150, withinSeconds: 20, phase: 'rush' },
    'no-takeover': true,
    'no-dead-letters': true,
    'equals-ordered-delivery': true,
    'memory-within': { megabytes: 400 },
  },
  seen: { 'lag-over': 1500 },
  budgets: { drop: { atMost: 0, why: 'Lanes on which the books do not add up: events that were passed over.' } },
  alerts: {
    FaultlineLagGrowing: { after: 'rush', withinSeconds: 10, resolvesWithinSeconds: 10 },
    FaultlineFreshnessBudgetBurn: { after: 'calm', withinSeconds: 10, resolvesWithinSeconds: 15 },
  },
  drainWithinSeconds: 20,
});
