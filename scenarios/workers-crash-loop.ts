// A worker that dies as soon as it has lanes, again and again: its lanes go back and forth, and nothing is parked for it.
import { scenario } from '../harness/scenario/language.ts';

export default scenario({
  name: 'workers-crash-loop',
  title: '200 events a second while one of two workers dies three times, each time a second and a half after it came back',
  why: 'Each new start takes its share of the lanes and dies with it. A lease that is not let go holds these lanes up for good, and so does a share that is kept for those who died; whoever blames the event that was in hand parks good events because of a bad host. Users see data some seconds later each time and lose nothing; the operator rolls the last deployment back, or gives the host more memory.',
  set: 'extra',

  traffic: { arrivals: 'poisson', keys: { kind: 'zipf', count: 1000, exponent: 0.8 } },
  phases: {
    'warm-up': { kind: 'warm-up', seconds: 4, ratePerSecond: 40, shape: { kind: 'ramp', toPerSecond: 200 } },
    loop: {
      kind: 'fault',
      seconds: 14,
      ratePerSecond: 200,
      budgets: { 'ingest-p99': { atMost: 0.5, why: 'Producers do not notice that workers die.' } },
    },
    after: { kind: 'heal', seconds: 4, ratePerSecond: 200 },
  },
  faults: {
    dying: { kind: 'crash-loop', role: 'worker', index: 0, times: 3, everySeconds: 1.5, at: { phase: 'loop', afterSeconds: 0.5 } },
  },

  expect: {
    'good-events-accepted': true,
    'takeover-within': { seconds: 5 },
    'equals-ordered-delivery': true,
    'no-dead-letters': true,
  },
  seen: { takeovers: 2 },
  budgets: {
    parked: { atMost: 0, why: 'No event is to blame for a worker that is killed from outside.' },
    drop: { atMost: 0, why: 'Lanes on which the books do not add up: events that a crash lost.' },
    'effects-surplus': { atMost: 0, why: 'Lanes with more or fewer effects than events applied: what a crash did twice.' },
  },
  alerts: {
    FaultlineLeaseTakenOver: { after: 'dying', withinSeconds: 10, resolvesWithinSeconds: 15 },
    FaultlineWorkerCrashLoop: { after: 'dying', withinSeconds: 15, resolvesWithinSeconds: 15 },
  },
  mayFire: {
    FaultlineFreshnessBudgetBurn: 'A lane whose next owner dies as well waits for two leases: more than five seconds, or a little less.',
  },
  drainWithinSeconds: 20,
});
