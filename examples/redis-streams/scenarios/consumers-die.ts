// Consumers die while they work and come back under their names. What one had read must be applied all the same.
import { scenario } from 'faultline/scenario';

export default scenario({
  name: 'consumers-die',
  title: '600 events a second into a group of two consumers, each of which is killed twice and started again',
  why: 'A consumer that reads with ">" is given new entries alone. What it had read and not acknowledged when it died stays in the list of pending entries, and nobody looks there unless the application does: the event is acknowledged to its producer and never applied.',

  traffic: { arrivals: 'poisson', keys: { kind: 'zipf', count: 200, exponent: 0.8 } },
  phases: {
    'warm-up': { kind: 'warm-up', seconds: 1, ratePerSecond: 200 },
    kills: { kind: 'fault', seconds: 4, ratePerSecond: 600 },
  },
  faults: {
    'kill-one': { kind: 'kill', role: 'worker', index: 0, at: { phase: 'kills', afterSeconds: 1 }, restartAfterSeconds: 0.2 },
    'kill-other': { kind: 'kill', role: 'worker', index: 1, at: { phase: 'kills', afterSeconds: 1.7 }, restartAfterSeconds: 0.2 },
    'kill-one-again': { kind: 'kill', role: 'worker', index: 0, at: { phase: 'kills', afterSeconds: 2.4 }, restartAfterSeconds: 0.2 },
    'kill-other-again': { kind: 'kill', role: 'worker', index: 1, at: { phase: 'kills', afterSeconds: 3.1 }, restartAfterSeconds: 0.2 },
  },

  expect: { 'good-events-accepted': true },
  alerts: 'none',
  drainWithinSeconds: 6,
});
