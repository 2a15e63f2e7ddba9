// Twenty times the traffic at once: the system must say no to some of it, definitely, and lose nothing of the rest.
import { defineScenario } from '../harness/scenario/define-scenario.ts';

export default defineScenario({
  name: 'spike',
  title: '200 events a second, 4,000 for five seconds, then 200 again, with a small queue and slow workers',
  why: 'Overload is where systems lie: they acknowledge what they drop, refuse what they have stored, or take everything and fall over. Here the queue is small on purpose, so that refusals must come, and workers are slowed to 1,500 a second in all, so that lag must grow and must go away again.',
  target: {
    processes: { ingest: 2, worker: 2, query: 1 },
    environment: {
      // Room for about 150 events (body and 512 bytes each), committed every 80 ms: at most 1,900/s a process, so that 2,000/s are too many and 100/s fill a tenth.
      FAULTLINE_QUEUE_LIMIT_BYTES: '122880',
      FAULTLINE_FLUSH_LINGER_MS: '80',
      FAULTLINE_WORKER_MAX_EVENTS_PER_SECOND: '750',
    },
  },
  phases: [
    // Code that has never run is slow for its first thousands of requests: the spike is to meet a system that has been up for a while.
    { name: 'warm-up', kind: 'warm-up', seconds: 2, ratePerSecond: 1000 },
    { name: 'before', kind: 'steady', seconds: 2, ratePerSecond: 200 },
    { name: 'spike', kind: 'fault', seconds: 5, ratePerSecond: 4000 },
    { name: 'after', kind: 'heal', seconds: 6, ratePerSecond: 200 },
  ],
  traffic: { arrivals: 'poisson', keys: { kind: 'zipf', count: 5000, exponent: 0.6 } },
  faults: [],
  expectations: [
    { check: 'refusals-are-definite' },
    { check: 'lag-recovers', parameters: { under: 500, withinSeconds: 20, phase: 'spike' } },
    { check: 'no-takeover' },
    { check: 'no-dead-letters' },
    { check: 'memory-within', parameters: { megabytes: 350 } },
  ],
  mustBeSeen: [
    { check: 'refusals-seen', parameters: { atLeast: 50 } },
    { check: 'lag-over-seen', parameters: { atLeast: 2000 } },
  ],
  budgets: [
    {
      name: 'accepted-p99',
      why: 'What is accepted is accepted soon, also in the middle of the spike: the queue is bounded, so waiting is.',
      promql:
        'histogram_quantile(0.99, sum by (le) (rate(http_server_request_duration_seconds_bucket{$run,http_route="/events",http_response_status_code="200"}[$phase])))',
      phase: 'spike',
      over: 'end',
      unit: 's',
      atMost: 0.5,
    },
    {
      name: 'queue',
      why: 'The queue never holds more than its limit.',
      promql: 'max(faultline_ingest_queue_size_bytes{$run}) / min(faultline_ingest_queue_limit_bytes{$run})',
      phase: 'spike',
      over: 'every-step',
      unit: 'share of the limit',
      atMost: 1,
    },
    {
      name: 'accepted-after',
      why: 'Once the spike is over nothing is refused any more.',
      promql:
        '1 - sum(rate(http_server_request_duration_seconds_count{$run,http_route="/events",http_response_status_code="200"}[3s])) / sum(rate(http_server_request_duration_seconds_count{$run,http_route="/events"}[3s]))',
      phase: 'after',
      over: 'end',
      unit: 'share',
      atMost: 0,
    },
    {
      name: 'drop',
      exact: true,
      why: 'Lanes on which the books do not add up: events that vanished.',
      promql: 'sum(faultline_accounting_drop{$run} != bool 0)',
      phase: 'all',
      over: 'every-step',
      unit: 'lanes',
      atMost: 0,
    },
  ],
  detection: {
    fires: [
      { alert: 'FaultlineIngestErrorBudgetBurn', cause: 'spike', withinSeconds: 10, resolvesWithinSeconds: 15 },
      { alert: 'FaultlineIngestRefusing', cause: 'spike', withinSeconds: 10, resolvesWithinSeconds: 15 },
      { alert: 'FaultlineLagGrowing', cause: 'spike', withinSeconds: 10, resolvesWithinSeconds: 15 },
    ],
    tolerated: [
      {
        alert: 'FaultlineFreshnessBudgetBurn',
        why: 'The faster ingest is, the more is accepted, and the longer it waits for the slow workers: for more or less than five seconds.',
      },
    ],
  },
  drainWithinSeconds: 20,
});
