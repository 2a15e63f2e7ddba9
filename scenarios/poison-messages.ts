// Six kinds of poison in every hundred events: refused at the door with a code of its own, or parked with its key while all others go on.
import { defineScenario } from '../harness/scenario/define-scenario.ts';

export default defineScenario({
  name: 'poison-messages',
  title: '300 events a second, 2 % of them poison of six kinds',
  why: 'One bad event must not stop a lane, spin in a queue for ever, or be dropped in silence. Some poison can be seen at the door; some only shows when user code runs on it, throws, or never comes back, even in a loop that can not be interrupted from inside.',
  target: { processes: { ingest: 1, worker: 2, query: 1 }, faultyHandler: true },
  phases: [
    { name: 'warm-up', kind: 'warm-up', seconds: 2, ratePerSecond: 300 },
    { name: 'poison', kind: 'fault', seconds: 10, ratePerSecond: 300 },
  ],
  traffic: {
    arrivals: 'poisson',
    keys: { kind: 'zipf', count: 1000, exponent: 0.8 },
    poison: { share: 0.02, kinds: ['broken-json', 'wrong-types', 'oversized', 'hostile-text', 'handler-throws', 'handler-hangs'] },
  },
  faults: [],
  expectations: [
    { check: 'good-events-accepted' },
    { check: 'poison-answers' },
    { check: 'dead-letters-equal-poison' },
    { check: 'equals-ordered-delivery' },
    { check: 'no-takeover' },
  ],
  mustBeSeen: [{ check: 'dead-letters-seen', parameters: { atLeast: 10 } }],
  budgets: [
    {
      name: 'freshness-p99',
      why: 'Keys that are not poisoned go on: a hanging handler holds its lane up for no longer than its deadline.',
      promql:
        'max(histogram_quantile(0.99, sum by (le, faultline_processor) (rate(faultline_event_freshness_seconds_bucket{$run}[$phase]))))',
      phase: 'poison',
      over: 'end',
      unit: 's',
      atMost: 2,
    },
    {
      name: 'ingest-p99',
      why: 'Bad input costs the producers of good input nothing.',
      promql:
        'histogram_quantile(0.99, sum by (le) (rate(http_server_request_duration_seconds_bucket{$run,http_route="/events",http_response_status_code="200"}[$phase])))',
      phase: 'poison',
      over: 'end',
      unit: 's',
      atMost: 0.25,
    },
    {
      name: 'drop',
      exact: true,
      why: 'Lanes on which the books do not add up: poison that was skipped in silence.',
      promql: 'sum(faultline_accounting_drop{$run} != bool 0)',
      phase: 'all',
      over: 'every-step',
      unit: 'lanes',
      atMost: 0,
    },
  ],
  detection: {
    fires: [
      { alert: 'FaultlineDeadLettersGrowing', cause: 'poison', withinSeconds: 10, resolvesWithinSeconds: 15 },
      // Nobody replays or discards them here.
      { alert: 'FaultlineDeadLetterTooOld', cause: 'poison', withinSeconds: 15, resolvesWithinSeconds: 'never' },
    ],
  },
  drainWithinSeconds: 20,
});
