// A read model is built anew while clients write and read it, and a worker dies in the middle: nobody may see an empty, an old or a shrunken timeline over the switch and back.
import { scenario } from '../harness/scenario/language.ts';

export default scenario({
  name: 'rebuild-under-load',
  title:
    '120 events a second, 25 reads a second beside them, while the timelines are built anew, switched to and back, and a worker is killed',
  why: 'A rebuild is where a system that was right for a year shows nonsense for a minute: a page that is empty because the new table is, one that lost its last entries because the new version was a second behind, one that can not go back. Readers who write down what they were shown are the only witness of that. The operator here is in a hurry, and tries to switch before anything is built.',
  set: 'extra',

  traffic: { arrivals: 'poisson', keys: { kind: 'zipf', count: 60, exponent: 1 } },
  reads: { ratePerSecond: 25 },
  phases: {
    'warm-up': { kind: 'warm-up', seconds: 6, ratePerSecond: 30, shape: { kind: 'ramp', toPerSecond: 120 } },
    rebuilding: { kind: 'fault', seconds: 20, ratePerSecond: 120 },
    heal: { kind: 'heal', seconds: 3, ratePerSecond: 120 },
  },
  faults: {
    rebuild: { kind: 'operator', effect: 'rebuild', at: { phase: 'rebuilding', afterSeconds: 1 }, seconds: 40 },
    'kill-worker': { kind: 'kill', at: { phase: 'rebuilding', afterSeconds: 2 }, role: 'worker', index: 0, restartAfterSeconds: 1 },
  },

  expect: {
    'good-events-accepted': true,
    'no-dead-letters': true,
    'stale-reads': { withinSeconds: 6 },
    'monotonic-reads': true,
    'phantom-reads': true,
    'reads-answered': true,
    'equals-ordered-delivery': true,
  },
  seen: { reads: 500 },
  budgets: {
    drop: { atMost: 0, why: 'Lanes on which the books do not add up, of either version: events that a rebuild lost.' },
    'effects-surplus': { atMost: 0, why: 'Lanes with more or fewer effects than events applied, of either version.' },
  },
  alerts: {
    FaultlineLeaseTakenOver: { after: 'kill-worker', withinSeconds: 10, resolvesWithinSeconds: 15 },
  },
  drainWithinSeconds: 20,
});
