// Fifteen times the traffic at once: the system must say no to some of it, definitely, and lose nothing of the rest.
import { scenario } from '../harness/scenario/language.ts';

export default scenario({
  name: 'spike',
  title: '45 events a second, 700 for seven seconds, then 20, with a small queue and slow workers',
  why: 'Overload is where systems lie: they acknowledge what they drop, refuse what they have stored, or take everything and fall over. Here the queue is small on purpose, so that refusals must come, and workers are slowed to 150 a second in all, so that lag must grow and must go away again.',

  needs: {
    processes: { ingest: 2 },
    settings: {
      // Room for about 30 events (body and 512 bytes each), committed every 120 ms: at most 250/s a process, so that 350/s are too many and 22/s fill a tenth.
      FAULTLINE_QUEUE_LIMIT_BYTES: '24576',
      FAULTLINE_FLUSH_LINGER_MS: '120',
      FAULTLINE_WORKER_MAX_EVENTS_PER_SECOND: '75',
    },
  },
  traffic: { arrivals: 'poisson', keys: { kind: 'zipf', count: 5000, exponent: 0.6 } },
  phases: {
    // Code that has never run is slow for its first thousands of requests: the spike is to meet a system that has been up for a while. Slowly, for
    // with a small queue a cold system that meets a thousand a second at once has a spike of its own.
    'warm-up': { kind: 'warm-up', seconds: 6, ratePerSecond: 50, shape: { kind: 'ramp', toPerSecond: 250 } },
    before: { kind: 'steady', seconds: 2, ratePerSecond: 45 },
    spike: {
      kind: 'fault',
      seconds: 7,
      // What sends it, serves it and watches it is on two cores, which may be slow ones: at a rate that takes all of them nobody knows any more what was sent when.
      ratePerSecond: 700,
      budgets: {
        'accepted-p99': {
          measure: 'ingest-p99',
          atMost: 0.5,
          why: 'What is accepted is accepted soon, also in the middle of the spike: the queue is bounded, so waiting is.',
        },
        queue: { atMost: 1, why: 'The queue never holds more than its limit.' },
      },
    },
    after: {
      kind: 'heal',
      seconds: 6,
      ratePerSecond: 20,
      budgets: {
        'accepted-after': { measure: 'error-share-at-end', atMost: 0, why: 'Once the spike is over nothing is refused any more.' },
      },
    },
  },

  expect: {
    'refusals-are-definite': true,
    'lag-recovers': { under: 500, withinSeconds: 20, phase: 'spike' },
    'no-takeover': true,
    'no-dead-letters': true,
    'memory-within': { megabytes: 350 },
  },
  seen: { refusals: 50, 'lag-over': 1000 },
  budgets: {
    drop: { atMost: 0, why: 'Lanes on which the books do not add up: events that vanished.' },
  },
  alerts: {
    FaultlineIngestErrorBudgetBurn: { after: 'spike', withinSeconds: 10, resolvesWithinSeconds: 15 },
    FaultlineIngestRefusing: { after: 'spike', withinSeconds: 10, resolvesWithinSeconds: 15 },
    FaultlineLagGrowing: { after: 'spike', withinSeconds: 10, resolvesWithinSeconds: 15 },
  },
  mayFire: {
    FaultlineFreshnessBudgetBurn:
      'The faster ingest is, the more is accepted, and the longer it waits for the slow workers: for more or less than five seconds.',
  },
  drainWithinSeconds: 20,
});
