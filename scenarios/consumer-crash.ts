// Workers die, once in the middle of a transaction, and one comes back from the dead: nothing is lost, nothing is done twice.
import { defineScenario } from '../harness/scenario/define-scenario.ts';

export default defineScenario({
  name: 'consumer-crash',
  title: '500 events a second while workers are killed twice, once inside a transaction, and one is paused beyond its lease',
  why: 'A checkpoint that is stored before its effect loses events on a crash; one that is stored after, in another transaction, repeats them. And a worker that was only paused does not know that its lanes have a new owner: without a fence it writes on.',
  target: { processes: { ingest: 1, worker: 2, query: 1 } },
  phases: [
    { name: 'warm-up', kind: 'warm-up', seconds: 2, ratePerSecond: 500 },
    { name: 'kills', kind: 'fault', seconds: 10, ratePerSecond: 500 },
    { name: 'zombie', kind: 'fault', seconds: 8, ratePerSecond: 500 },
  ],
  traffic: { arrivals: 'poisson', keys: { kind: 'zipf', count: 1000, exponent: 0.8 } },
  faults: [
    { kind: 'kill', name: 'kill-first', at: { phase: 'kills', afterSeconds: 0.5 }, role: 'worker', index: 0, restartAfterSeconds: 1 },
    {
      kind: 'kill',
      name: 'kill-in-transaction',
      at: { phase: 'kills', afterSeconds: 5 },
      role: 'worker',
      index: 1,
      restartAfterSeconds: 1,
      inside: 'transaction',
    },
    { kind: 'pause', name: 'pause-beyond-lease', at: { phase: 'zombie', afterSeconds: 0.5 }, role: 'worker', index: 0, seconds: 5 },
  ],
  expectations: [
    { check: 'good-events-accepted' },
    { check: 'takeover-within', parameters: { seconds: 5 } },
    { check: 'zombie-fenced' },
    { check: 'equals-ordered-delivery' },
    { check: 'no-dead-letters' },
  ],
  mustBeSeen: [
    { check: 'takeovers-seen', parameters: { atLeast: 3 } },
    { check: 'fencing-seen', parameters: { atLeast: 1 } },
  ],
  budgets: [
    {
      name: 'ingest-p99',
      why: 'Producers do not notice that workers die.',
      promql:
        'histogram_quantile(0.99, sum by (le) (rate(http_server_request_duration_seconds_bucket{$run,http_route="/events",http_response_status_code="200"}[$phase])))',
      phase: 'kills',
      over: 'end',
      unit: 's',
      atMost: 0.5,
    },
    {
      name: 'drop',
      exact: true,
      why: 'Lanes on which the books do not add up: events that a crash lost.',
      promql: 'sum(faultline_accounting_drop{$run} != bool 0)',
      phase: 'all',
      over: 'every-step',
      unit: 'lanes',
      atMost: 0,
    },
    {
      name: 'effects-surplus',
      exact: true,
      why: 'Lanes with more or fewer effects than events applied: what a crash or a zombie did twice.',
      promql: 'sum(faultline_effects_surplus{$run} != bool 0)',
      phase: 'all',
      over: 'every-step',
      unit: 'lanes',
      atMost: 0,
    },
  ],
  detection: {
    fires: [
      { alert: 'FaultlineLeaseTakenOver', cause: 'kill-first', withinSeconds: 10, resolvesWithinSeconds: 15 },
      { alert: 'FaultlineLeaseTakenOver', cause: 'kill-in-transaction', withinSeconds: 10, resolvesWithinSeconds: 15 },
      { alert: 'FaultlineLeaseTakenOver', cause: 'pause-beyond-lease', withinSeconds: 10, resolvesWithinSeconds: 15 },
      // One worker that dies is no loop; the second within a quarter of a minute is.
      { alert: 'FaultlineWorkerCrashLoop', cause: 'kill-in-transaction', withinSeconds: 10, resolvesWithinSeconds: 15 },
    ],
  },
  drainWithinSeconds: 20,
});
