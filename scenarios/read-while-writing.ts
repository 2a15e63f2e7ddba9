// Clients who read while others write and a worker dies: nobody may see a timeline go back, an event that is not there, or miss one for long.
import { scenario } from '../harness/scenario/language.ts';

export default scenario({
  name: 'read-while-writing',
  title: '120 events a second, 30 reads a second beside them, and a worker that is killed',
  why: 'A system that is right at the end may have shown nonsense on the way: a timeline that lost its last entries when another worker took over, an event that was rolled back after somebody had read it, a page that is minutes old. Readers who write down what they were shown are the only witness of that.',
  set: 'extra',

  traffic: { arrivals: 'poisson', keys: { kind: 'zipf', count: 60, exponent: 1 } },
  reads: { ratePerSecond: 30 },
  phases: {
    'warm-up': { kind: 'warm-up', seconds: 4, ratePerSecond: 20, shape: { kind: 'ramp', toPerSecond: 120 } },
    crash: { kind: 'fault', seconds: 8, ratePerSecond: 120 },
    heal: { kind: 'heal', seconds: 4, ratePerSecond: 120 },
  },
  faults: {
    'kill-worker': { kind: 'kill', at: { phase: 'crash', afterSeconds: 2 }, role: 'worker', index: 0, restartAfterSeconds: 1 },
  },

  expect: {
    'good-events-accepted': true,
    'stale-reads': { withinSeconds: 6 },
    'monotonic-reads': true,
    'phantom-reads': true,
    'reads-answered': true,
  },
  seen: { reads: 300 },
  alerts: {
    FaultlineLeaseTakenOver: { after: 'kill-worker', withinSeconds: 10, resolvesWithinSeconds: 15 },
  },
  drainWithinSeconds: 10,
});
