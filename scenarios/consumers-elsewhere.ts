// Those who consume over HTTP die, freeze and are cut off, and the door that they read by is restarted: nothing is lost to them, and no zombie moves a checkpoint.
import { scenario } from '../harness/scenario/language.ts';

export default scenario({
  name: 'consumers-elsewhere',
  title:
    '80 events a second, and a burst, for four processes that share the lanes over HTTP: one is killed, two are frozen beyond their leases, one query process stands still and the other is restarted',
  why: 'Whoever consumes elsewhere is out of our hands: their processes die with work in hand, are paused and wake up as zombies, or can not reach us while others can. A checkpoint that runs ahead of the work loses events; one that a zombie may still move undoes the work of whoever has the lane now, or skips it; a lease that begins elsewhere than at the last checkpoint does either.',
  set: 'extra',

  needs: { processes: { query: 2 } },
  traffic: { arrivals: 'poisson', keys: { kind: 'uniform', count: 1000 } },
  consumers: { instances: ['client', 'client', 'stream', 'stream'], leaseMs: 2000, handleMs: 10, checkpointMs: 300 },
  phases: {
    'warm-up': { kind: 'warm-up', seconds: 4, ratePerSecond: 20, shape: { kind: 'ramp', toPerSecond: 80 } },
    crash: { kind: 'fault', seconds: 4, ratePerSecond: 80 },
    frozen: { kind: 'fault', seconds: 6, ratePerSecond: 80 },
    'cut-off': {
      kind: 'fault',
      seconds: 7,
      ratePerSecond: 80,
      shape: { kind: 'spike', toPerSecond: 1000, afterSeconds: 0, seconds: 0.8 },
      budgets: { 'consumer-lag-age': { atMost: 15, why: 'Longer than two leases and what the burst takes: nobody has the lane.' } },
    },
    after: {
      kind: 'heal',
      seconds: 4,
      ratePerSecond: 80,
      budgets: {
        'consumer-lag-age': {
          atMost: 15,
          why: 'A lane that nobody has, or that is given from the wrong place again and again, grows old.',
        },
      },
    },
  },
  faults: {
    'killed-at-work': { kind: 'kill', role: 'consumer', index: 1, at: { phase: 'crash', afterSeconds: 1 }, restartAfterSeconds: 1 },
    'frozen-by-hand': { kind: 'pause', role: 'consumer', index: 2, at: { phase: 'frozen', afterSeconds: 0.2 }, seconds: 3.5 },
    'frozen-client': { kind: 'pause', role: 'consumer', index: 0, at: { phase: 'frozen', afterSeconds: 0.5 }, seconds: 3.5 },
    // Not for as long as a lease: whoever reads there gets the whole burst at once, work for longer than one.
    'query-hesitates': { kind: 'pause', role: 'query', index: 1, at: { phase: 'cut-off', afterSeconds: 0 }, seconds: 0.8 },
    // And now hears nothing, while the others take the lanes.
    'query-stands-still': { kind: 'pause', role: 'query', index: 1, at: { phase: 'cut-off', afterSeconds: 1.2 }, seconds: 3.5 },
    'query-restarted': { kind: 'restart', role: 'query', index: 0, at: { phase: 'cut-off', afterSeconds: 5.6 } },
  },

  expect: {
    'good-events-accepted': true,
    'consumed-at-least-once': true,
    'consumed-in-order': true,
    'checkpoint-never-ahead': true,
    'redelivery-bounded': true,
    'consumer-zombie-fenced': true,
    'given-under-lease': true,
    'stops-in-order': { seconds: 20 },
    'no-takeover': true,
    'no-dead-letters': true,
  },
  seen: { 'consumer-fencing': 1, 'consumer-redeliveries': 1 },
  budgets: {
    drop: { atMost: 0, why: 'Lanes on which the books do not add up: those who consume elsewhere are no concern of the processors.' },
  },
  alerts: 'none',
  drainWithinSeconds: 20,
});
