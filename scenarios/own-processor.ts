// A team's own processor beside the built-in ones: poison of every kind for it, and two kills of workers. Its books and its own table must say the same.
import { scenario } from '../harness/scenario/language.ts';

export default scenario({
  name: 'own-processor',
  set: 'extra',
  title: "150 events a second through a team's own processor, 1.5 % of them poison for it, while workers are killed twice",
  why: "Whatever a team's own code does, it may lose no event, do none twice, keep nothing that a failing event wrote, and not hold up the built-in processors, which know nothing of its poison.",

  needs: { teamProcessor: true },
  traffic: {
    arrivals: 'poisson',
    keys: { kind: 'zipf', count: 1000, exponent: 0.8 },
    poison: { share: 0.015, kinds: ['handler-throws', 'handler-hangs'] },
  },
  phases: {
    'warm-up': { kind: 'warm-up', seconds: 4, ratePerSecond: 30, shape: { kind: 'ramp', toPerSecond: 150 } },
    kills: {
      kind: 'fault',
      seconds: 12,
      ratePerSecond: 150,
      budgets: { 'ingest-p99': { atMost: 0.5, why: 'Producers notice neither poison nor kills.' } },
    },
  },
  faults: {
    'kill-first': { kind: 'kill', role: 'worker', index: 0, at: { phase: 'kills', afterSeconds: 1 }, restartAfterSeconds: 1 },
    'kill-second': { kind: 'kill', role: 'worker', index: 1, at: { phase: 'kills', afterSeconds: 6 }, restartAfterSeconds: 1 },
  },

  expect: {
    'good-events-accepted': true,
    'own-effects-once': true,
    'equals-ordered-delivery': true,
    'takeover-within': { seconds: 5 },
  },
  seen: { 'dead-letters': 10, takeovers: 2 },
  budgets: {
    drop: { atMost: 0, why: "Lanes on which the books do not add up: of the team's processor as of the others." },
    'effects-surplus': { atMost: 0, why: 'Lanes of the built-in processors with more or fewer effects than events applied.' },
  },
  alerts: {
    // Nobody replays or discards them here.
    FaultlineDeadLetterTooOld: { after: 'kills', withinSeconds: 15, resolvesWithinSeconds: 'never' },
    FaultlineLeaseTakenOver: { after: ['kill-first', 'kill-second'], withinSeconds: 10, resolvesWithinSeconds: 15 },
    FaultlineWorkerCrashLoop: { after: 'kill-second', withinSeconds: 10, resolvesWithinSeconds: 15 },
  },
  mayFire: {
    FaultlineDeadLettersGrowing:
      'Attempts on what hangs end one after the other: for how long dead letters come depends on how many there are.',
    FaultlineLagGrowing:
      "The team's processor falls behind while threads that hang are ended one after the other; how far depends on which keys are poisoned.",
    FaultlineEventsStale: 'The same, seen by the age of what waits.',
    FaultlineFreshnessBudgetBurn: 'The same, seen by when its events were applied.',
  },
  drainWithinSeconds: 30,
});
