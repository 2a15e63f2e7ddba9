// Numbered events that arrive out of order and twice: the end must be the one of ordered delivery.
import { defineScenario } from '../harness/scenario/define-scenario.ts';

export default defineScenario({
  name: 'out-of-order',
  title: '300 numbered events a second, 30 % displaced by up to 50 places, 5 % delivered twice',
  why: 'Retries, parallel senders and networks reorder and repeat. A system that applies what comes as it comes ends in another state each time; one that waits for a predecessor that never comes stands still. Here each key is numbered by its producer, so that the only right end is known.',
  target: { processes: { ingest: 1, worker: 2, query: 1 } },
  phases: [
    { name: 'warm-up', kind: 'warm-up', seconds: 2, ratePerSecond: 300 },
    { name: 'disorder', kind: 'fault', seconds: 10, ratePerSecond: 300 },
  ],
  traffic: {
    arrivals: 'poisson',
    keys: { kind: 'zipf', count: 100, exponent: 1 },
    sequenced: true,
    disorder: { share: 0.3, places: 50 },
    duplicates: { share: 0.05, withinMs: 1000 },
  },
  faults: [],
  expectations: [
    { check: 'good-events-accepted' },
    { check: 'equals-ordered-delivery' },
    { check: 'duplicates-counted-exactly' },
    { check: 'no-dead-letters' },
    { check: 'no-takeover' },
  ],
  mustBeSeen: [
    { check: 'out-of-order-seen', parameters: { atLeast: 200 } },
    { check: 'duplicates-seen', parameters: { atLeast: 50 } },
  ],
  budgets: [
    {
      name: 'pending',
      why: 'Early events wait, but only as many as the disorder makes: 50 places of 300 a second.',
      promql: 'sum(faultline_accounting_events{$run,faultline_processor="timelines",faultline_outcome="pending"})',
      phase: 'disorder',
      over: 'every-step',
      unit: 'events',
      atMost: 500,
    },
    {
      name: 'freshness-p99',
      why: 'Waiting for a predecessor takes no longer than the predecessor does.',
      promql:
        'max(histogram_quantile(0.99, sum by (le, faultline_processor) (rate(faultline_event_freshness_seconds_bucket{$run}[$phase]))))',
      phase: 'disorder',
      over: 'end',
      unit: 's',
      atMost: 2,
    },
    {
      name: 'drop',
      exact: true,
      why: 'Lanes on which the books do not add up: early events that were forgotten.',
      promql: 'sum(faultline_accounting_drop{$run} != bool 0)',
      phase: 'all',
      over: 'every-step',
      unit: 'lanes',
      atMost: 0,
    },
  ],
  // Early events wait for a moment, each for a predecessor that comes: nothing for anybody to do.
  detection: { fires: [] },
  drainWithinSeconds: 10,
});
