// A bad release left dead letters: they are mended and replayed while traffic goes on and a worker dies, and nobody sees one of them twice, early, or out of its turn.
import { scenario } from '../harness/scenario/language.ts';

export default scenario({
  name: 'dead-letters-replayed',
  title:
    '200 events a second, for five seconds 2 % of them poison; all that is parked is then mended and replayed, five a second, while a worker is killed',
  why: 'A replay is done in a hurry, by somebody who is not sure that the first request arrived, and in the middle of the traffic. One that brings an event twice makes of a small trouble a large one; one that brings the original makes none of it good; one that goes as fast as it can takes the time of everybody else; and what waited behind a dead letter may not overtake it.',
  set: 'extra',

  needs: { faultyHandler: true },
  traffic: {
    arrivals: 'poisson',
    keys: { kind: 'zipf', count: 300, exponent: 0.8 },
    poison: { share: 0.02, kinds: ['handler-throws'], during: 'release' },
  },
  phases: {
    'warm-up': { kind: 'warm-up', seconds: 4, ratePerSecond: 40, shape: { kind: 'ramp', toPerSecond: 200 } },
    release: { kind: 'fault', seconds: 5, ratePerSecond: 200 },
    replaying: {
      kind: 'fault',
      seconds: 14,
      ratePerSecond: 200,
      budgets: { 'ingest-p99': { atMost: 0.5, why: 'Producers do not notice that dead letters are replayed.' } },
    },
  },
  faults: {
    replay: { kind: 'operator', effect: 'replay', at: { phase: 'replaying', afterSeconds: 1.5 }, seconds: 40 },
    'kill-worker': { kind: 'kill', at: { phase: 'replaying', afterSeconds: 4 }, role: 'worker', index: 0, restartAfterSeconds: 1 },
  },

  expect: {
    'good-events-accepted': true,
    'replayed-as-asked': true,
    'no-dead-letters': true,
    'equals-ordered-delivery': true,
  },
  seen: { takeovers: 1 },
  budgets: {
    drop: { atMost: 0, why: 'Lanes on which the books do not add up: a replay moves what is parked to what is applied.' },
    'effects-surplus': { atMost: 0, why: 'Lanes with more or fewer effects than events applied: what was replayed twice.' },
  },
  alerts: {
    FaultlineDeadLettersGrowing: { after: 'release', withinSeconds: 10, resolvesWithinSeconds: 15 },
    FaultlineLeaseTakenOver: { after: 'kill-worker', withinSeconds: 10, resolvesWithinSeconds: 15 },
  },
  mayFire: {
    FaultlineDeadLetterTooOld: 'The oldest of them waits for about five seconds, which is when it fires in a run.',
  },
  drainWithinSeconds: 25,
});
