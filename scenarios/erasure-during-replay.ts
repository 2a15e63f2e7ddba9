// Objects are erased while their events come, wait in the park, are replayed and are read into a new version, and a worker dies in the middle: nothing of them may come back.
import { scenario } from '../harness/scenario/language.ts';

export default scenario({
  name: 'erasure-during-replay',
  title:
    '200 events a second, some of them poison; what is parked is replayed, a version is built, and beside both two objects are erased while a worker is killed',
  why: 'An erasure that runs beside other work is undone by it: a batch that read the old body before, a replay that brings a copy back from the park, a rebuild that reads the log again, a worker that died with half of it done. And it may not cost anybody else an event, nor leave a hole in positions or books.',
  set: 'extra',

  needs: { faultyHandler: true },
  traffic: {
    arrivals: 'poisson',
    keys: { kind: 'zipf', count: 60, exponent: 1 },
    poison: { share: 0.015, kinds: ['handler-throws'] },
  },
  phases: {
    'warm-up': { kind: 'warm-up', seconds: 4, ratePerSecond: 40, shape: { kind: 'ramp', toPerSecond: 200 } },
    erasing: { kind: 'fault', seconds: 16, ratePerSecond: 200 },
  },
  faults: {
    erase: { kind: 'operator', effect: 'erase', at: { phase: 'erasing', afterSeconds: 3 }, seconds: 40 },
    'kill-worker': { kind: 'kill', at: { phase: 'erasing', afterSeconds: 3.3 }, role: 'worker', index: 0, restartAfterSeconds: 1 },
  },

  expect: {
    'good-events-accepted': true,
    'erased-everywhere': true,
  },
  seen: { 'dead-letters': 5 },
  budgets: {
    drop: { atMost: 0, why: 'Lanes on which the books do not add up: what was erased is skipped, and counted.' },
    'effects-surplus': { atMost: 0, why: 'Lanes with more or fewer effects than events applied: an effect goes with its count.' },
  },
  alerts: {
    FaultlineDeadLettersGrowing: { after: 'erasing', withinSeconds: 10, resolvesWithinSeconds: 15 },
    // Nobody discards them here.
    FaultlineDeadLetterTooOld: { after: 'erasing', withinSeconds: 15, resolvesWithinSeconds: 'never' },
    FaultlineLeaseTakenOver: { after: 'kill-worker', withinSeconds: 10, resolvesWithinSeconds: 15 },
  },
  drainWithinSeconds: 25,
});
