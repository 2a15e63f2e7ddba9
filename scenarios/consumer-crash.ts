// Workers die, once in the middle of a transaction, and one comes back from the dead: nothing is lost, nothing is done twice.
import { scenario } from '../harness/scenario/language.ts';

export default scenario({
  name: 'consumer-crash',
  title: '250 events a second while workers are killed twice, once inside a transaction, and one is paused beyond its lease',
  why: 'A checkpoint that is stored before its effect loses events on a crash; one that is stored after, in another transaction, repeats them. And a worker that was only paused does not know that its lanes have a new owner: without a fence it writes on.',

  traffic: { arrivals: 'poisson', keys: { kind: 'zipf', count: 1000, exponent: 0.8 } },
  phases: {
    'warm-up': { kind: 'warm-up', seconds: 4, ratePerSecond: 50, shape: { kind: 'ramp', toPerSecond: 250 } },
    kills: {
      kind: 'fault',
      seconds: 10,
      ratePerSecond: 250,
      budgets: { 'ingest-p99': { atMost: 0.5, why: 'Producers do not notice that workers die.' } },
    },
    zombie: { kind: 'fault', seconds: 8, ratePerSecond: 250 },
  },
  faults: {
    'kill-first': { kind: 'kill', role: 'worker', index: 0, at: { phase: 'kills', afterSeconds: 0.5 }, restartAfterSeconds: 1 },
    'kill-in-transaction': {
      kind: 'kill',
      role: 'worker',
      index: 1,
      inside: 'transaction',
      at: { phase: 'kills', afterSeconds: 5 },
      restartAfterSeconds: 1,
    },
    'pause-beyond-lease': { kind: 'pause', role: 'worker', index: 0, at: { phase: 'zombie', afterSeconds: 0.5 }, seconds: 5 },
  },

  expect: {
    'good-events-accepted': true,
    'takeover-within': { seconds: 5 },
    'zombie-fenced': true,
    'equals-ordered-delivery': true,
    'no-dead-letters': true,
  },
  seen: { takeovers: 3, fencing: 1 },
  budgets: {
    drop: { atMost: 0, why: 'Lanes on which the books do not add up: events that a crash lost.' },
    'effects-surplus': {
      atMost: 0,
      why: 'Lanes with more or fewer effects than events applied: what a crash or a zombie did twice.',
    },
  },
  alerts: {
    FaultlineLeaseTakenOver: {
      after: ['kill-first', 'kill-in-transaction', 'pause-beyond-lease'],
      withinSeconds: 10,
      resolvesWithinSeconds: 15,
    },
    // One worker that dies is no loop; the second within a quarter of a minute is.
    FaultlineWorkerCrashLoop: { after: 'kill-in-transaction', withinSeconds: 10, resolvesWithinSeconds: 15 },
  },
  drainWithinSeconds: 20,
});
