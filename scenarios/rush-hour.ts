// The morning: everybody comes at once, from devices whose clocks are wrong, and just then a worker dies.
import { withFaults } from '../harness/scenario/language.ts';

/** Whatever goes wrong can be laid over it. */
const rush = {
  traffic: {
    arrivals: 'poisson',
    keys: { kind: 'hot', count: 500, hot: 5, share: 0.4 },
    producers: { count: 20, skewMs: 30_000 },
    late: { share: 0.05, byMs: 3_600_000 },
  },
  phases: {
    'warm-up': { kind: 'warm-up', seconds: 4, ratePerSecond: 20, shape: { kind: 'ramp', toPerSecond: 60 } },
    rush: { kind: 'fault', seconds: 8, ratePerSecond: 60, shape: { kind: 'ramp', toPerSecond: 300 } },
    day: { kind: 'heal', seconds: 4, ratePerSecond: 300, shape: { kind: 'bursty', toPerSecond: 450, burstSeconds: 0.5, calmSeconds: 1 } },
  },
} as const;

export default withFaults(rush, {
  name: 'rush-hour',
  title: 'From 60 to 300 events a second in eight seconds, two fifths of them about five keys, and a worker dies on the way',
  why: 'Load that grows hides what a crash costs: a backlog that would be gone in a second on a quiet day meets more events every moment. And times that producers give are not to be relied on: whoever orders by them, or drops what seems old, loses events of devices whose clocks are wrong.',
  set: 'extra',

  faults: {
    'kill-on-the-way': { kind: 'kill', role: 'worker', index: 0, at: { phase: 'rush', afterSeconds: 3 }, restartAfterSeconds: 1 },
  },
  expect: {
    'good-events-accepted': true,
    'takeover-within': { seconds: 5 },
    'equals-ordered-delivery': true,
    'no-dead-letters': true,
  },
  seen: { takeovers: 1 },
  phases: {
    rush: { budgets: { 'ingest-p99': { atMost: 0.5, why: 'Producers do not notice that a worker dies.' } } },
    day: { budgets: { 'freshness-p99': { atMost: 5, why: 'The backlog of the morning is gone soon.' } } },
  },
  budgets: {
    drop: { atMost: 0, why: 'Lanes on which the books do not add up: events that the crash lost, or that seemed too old.' },
  },
  alerts: {
    FaultlineLeaseTakenOver: { after: 'kill-on-the-way', withinSeconds: 10, resolvesWithinSeconds: 15 },
  },
  drainWithinSeconds: 15,
});
