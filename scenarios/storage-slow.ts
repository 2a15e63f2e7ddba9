// A database that answers late to everybody: who writes waits longer, and that is all.
import { scenario } from '../harness/scenario/language.ts';

const slow = { kind: 'network', effect: 'latency', at: { phase: 'slow', afterSeconds: 0.5 }, seconds: 10 } as const;

export default scenario({
  name: 'storage-slow',
  title: '200 events a second while each question to the database takes ingest 400 ms and the workers 120 ms longer',
  why: 'Storage that is slow is worse than storage that is gone: everything still works, and everything piles up. Who commits event by event falls behind for good, who keeps a lease by answers that come late loses it to nobody’s fault, and who has no bound runs out of memory. Users wait about half a second for their 2xx and nobody is refused; the operator is told that answers are slow, and looks at the disk of the database.',
  set: 'extra',

  traffic: { arrivals: 'poisson', keys: { kind: 'zipf', count: 1000, exponent: 0.8 } },
  phases: {
    'warm-up': { kind: 'warm-up', seconds: 4, ratePerSecond: 40, shape: { kind: 'ramp', toPerSecond: 200 } },
    slow: {
      kind: 'fault',
      seconds: 11,
      ratePerSecond: 200,
      budgets: {
        'ingest-p99': { atMost: 2, why: 'At most the commit under way and one’s own: events go together, however many wait.' },
        'freshness-p99': { atMost: 5, why: 'A batch takes some round trips, an event takes none of its own.' },
        'error-share': { atMost: 0, why: 'Slow is no reason to refuse.' },
      },
    },
    after: { kind: 'heal', seconds: 4, ratePerSecond: 200 },
  },
  faults: {
    'slow-for-ingest': { ...slow, link: 'ingest-database', latencyMs: 200 },
    'slow-for-workers': { ...slow, link: 'worker-database', latencyMs: 60 },
  },

  expect: { 'good-events-accepted': true, 'no-takeover': true, 'no-dead-letters': true, 'equals-ordered-delivery': true },
  budgets: { drop: { atMost: 0, why: 'Lanes on which the books do not add up.' } },
  alerts: {
    FaultlineIngestLatencyBudgetBurn: { after: 'slow-for-ingest', withinSeconds: 10, resolvesWithinSeconds: 15 },
  },
  drainWithinSeconds: 20,
});
