// The quiet day: what every other scenario is measured against.
import { defineScenario } from '../harness/scenario/define-scenario.ts';

export default defineScenario({
  name: 'steady',
  title: '500 events a second with a few hot keys, and nothing goes wrong',
  why: 'If the promises do not hold on a quiet day, nothing else that is shown means anything. It is also where a lie is easiest to see: no duplicate, no drop, no dead letter and hardly any lag are due, so a signal that says otherwise, or says nothing, stands out.',
  target: { processes: { ingest: 1, worker: 2, query: 1 } },
  phases: [
    { name: 'warm-up', kind: 'warm-up', seconds: 2, ratePerSecond: 500 },
    { name: 'steady', kind: 'steady', seconds: 10, ratePerSecond: 500 },
  ],
  traffic: { arrivals: 'poisson', keys: { kind: 'zipf', count: 1000, exponent: 1 } },
  faults: [],
  expectations: [
    { check: 'good-events-accepted' },
    { check: 'no-takeover' },
    { check: 'no-dead-letters' },
    { check: 'equals-ordered-delivery' },
    {
      check: 'panels-have-data',
      // What shows trouble alone is empty where there is none.
      parameters: {
        mayBeEmpty: [
          'pipeline › Traces with an error',
          'pipeline › Warnings and errors',
          'recovery › Traces of failures',
          'recovery › Failures, dead letters and commands',
          'run › annotation Faults',
        ],
      },
    },
  ],
  mustBeSeen: [],
  budgets: [
    {
      name: 'ingest-p99',
      why: 'A producer waits for its 2xx: one in a hundred may wait a tenth of a second.',
      promql:
        'histogram_quantile(0.99, sum by (le) (rate(http_server_request_duration_seconds_bucket{$run,http_route="/events",http_response_status_code="200"}[$phase])))',
      phase: 'steady',
      over: 'end',
      unit: 's',
      atMost: 0.1,
    },
    {
      name: 'freshness-p99',
      why: 'What was accepted can be queried within a second, from the slower of the processors.',
      promql:
        'max(histogram_quantile(0.99, sum by (le, faultline_processor) (rate(faultline_event_freshness_seconds_bucket{$run}[$phase]))))',
      phase: 'steady',
      over: 'end',
      unit: 's',
      atMost: 1,
    },
    {
      name: 'lag',
      why: 'Workers keep up: at no moment does a second of traffic wait.',
      promql: 'max(sum by (faultline_processor) (messaging_consumer_lag{$run}))',
      phase: 'steady',
      over: 'every-step',
      unit: 'events',
      atMost: 500,
    },
    {
      name: 'error-share',
      why: 'Every good event is accepted.',
      promql:
        '1 - sum(rate(http_server_request_duration_seconds_count{$run,http_route="/events",http_response_status_code="200"}[$phase])) / sum(rate(http_server_request_duration_seconds_count{$run,http_route="/events"}[$phase]))',
      phase: 'steady',
      over: 'end',
      unit: 'share',
      atMost: 0,
    },
    {
      name: 'drop',
      exact: true,
      why: 'Lanes on which the books do not add up: events that vanished.',
      promql: 'sum(faultline_accounting_drop{$run} != bool 0)',
      phase: 'steady',
      over: 'every-step',
      unit: 'lanes',
      atMost: 0,
    },
    {
      name: 'duplicate-rate',
      exact: true,
      why: 'Nobody sends twice here, so nothing may be answered as a duplicate.',
      promql: 'sum(rate(faultline_log_duplicates_total{$run}[$phase])) / sum(rate(faultline_log_appended_total{$run}[$phase]))',
      phase: 'steady',
      over: 'end',
      unit: 'share',
      atMost: 0,
    },
    {
      name: 'parked',
      exact: true,
      why: 'Nothing is poisoned, so no event may be parked.',
      promql: 'sum(faultline_accounting_events{$run,faultline_outcome="parked"})',
      phase: 'steady',
      over: 'every-step',
      unit: 'events',
      atMost: 0,
    },
  ],
  // The quiet day: whoever is called on it for nothing does not come on the others.
  detection: { fires: [] },
  drainWithinSeconds: 10,
});
