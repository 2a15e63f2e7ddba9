// Both front doors die in turn with events in hand: what was acknowledged is there, what was in doubt is sent again, and nobody sees twice.
import { scenario } from '../harness/scenario/language.ts';

const killed = { kind: 'kill', role: 'ingest', restartAfterSeconds: 0.5 } as const;

export default scenario({
  name: 'ingest-killed',
  title: '250 events a second in batches of up to ten, from clients who try again, while each of two ingest processes is killed in turn',
  why: 'A process that dies takes with it whatever it only held in memory. Who answers first and writes later loses exactly what was acknowledged in the last moments, and only then does anybody notice. What was under way is in doubt: sent again under the same id it may neither be lost nor be there twice. Users of a client that tries again notice nothing but a slow answer; the operator finds out why the process died.',
  set: 'extra',
  needs: { processes: { ingest: 2 } },

  traffic: { arrivals: 'poisson', keys: { kind: 'zipf', count: 1000, exponent: 0.8 }, batch: { size: 10, lingerMs: 10 }, retries: 5 },
  // One of two is always there: each is killed when the other has had six seconds to begin again, which takes one or two.
  phases: {
    'warm-up': { kind: 'warm-up', seconds: 4, ratePerSecond: 40, shape: { kind: 'ramp', toPerSecond: 250 } },
    kills: {
      kind: 'fault',
      seconds: 17,
      ratePerSecond: 250,
      budgets: { 'freshness-p99': { atMost: 2, why: 'Workers do not notice that a front door dies.' } },
    },
  },
  faults: {
    'kill-first': { ...killed, index: 0, at: { phase: 'kills', afterSeconds: 1 } },
    'kill-second': { ...killed, index: 1, at: { phase: 'kills', afterSeconds: 7 } },
    'kill-first-again': { ...killed, index: 0, at: { phase: 'kills', afterSeconds: 13 } },
  },

  expect: { 'every-event-acknowledged': true, 'no-takeover': true, 'no-dead-letters': true, 'equals-ordered-delivery': true },
  budgets: { drop: { atMost: 0, why: 'Lanes on which the books do not add up.' } },
  // One of two is always there, and a client that tries again is served: nobody has to be called.
  alerts: 'none',
  drainWithinSeconds: 15,
});
