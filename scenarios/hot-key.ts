// Half of all events are about one key, and user code is slow on them: the key falls behind, in its order, and nobody else does.
import { scenario } from '../harness/scenario/language.ts';

export default scenario({
  name: 'hot-key',
  title: '400 events a second, half of them about one key, whose events take 10 ms each in user code: twice as much work as there is time',
  why: 'A customer that imports all that it has, a device that repeats itself, a counter that everybody touches: one key has a backlog of minutes. Where a partition is read in order that is the backlog of all who share it, and they learn of it from their own customers.',
  set: 'extra',
  needs: { slowHotKeys: true },

  traffic: { arrivals: 'poisson', keys: { kind: 'hot', count: 500, hot: 1, share: 0.5 } },
  phases: {
    'warm-up': { kind: 'warm-up', seconds: 4, ratePerSecond: 60, shape: { kind: 'ramp', toPerSecond: 400 } },
    hot: { kind: 'steady', seconds: 10, ratePerSecond: 400 },
  },

  expect: {
    'good-events-accepted': true,
    'equals-ordered-delivery': true,
    'others-stay-fresh': { withinSeconds: 1.5, hotSeconds: 4 },
    'no-dead-letters': true,
    'no-takeover': true,
  },
  budgets: {
    drop: { atMost: 0, why: 'Lanes on which the books do not add up: events that were set aside and forgotten.' },
    'set-aside': {
      promql: 'sum(faultline_batches_set_aside_total{$run})',
      over: 'end',
      unit: 'batches',
      atLeast: 1,
      why: 'The key had more than its turn, and that was seen.',
    },
  },
  alerts: 'none',
  mayFire: {
    FaultlineFreshnessBudgetBurn: 'The hot key is late, and is half of all events.',
    FaultlineLagGrowing: 'On a busy machine the lane is behind for a moment before the key is set aside.',
  },
  drainWithinSeconds: 60,
});
