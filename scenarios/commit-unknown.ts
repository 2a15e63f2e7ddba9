// A commit whose answer is lost on the way: the event is stored, and nobody can know it. Who sends it again with the same id gets the first answer.
import { scenario } from '../harness/scenario/language.ts';

export default scenario({
  name: 'commit-unknown',
  title:
    '200 events a second, a third of them sent twice, while the answers to three appends are thrown away and the database can’t be reached after',
  why: 'A connection that breaks after COMMIT and before its answer leaves the one thing that a client can’t find out. A system that calls it a failure loses what it stored, one that calls it success invents what it did not, and one that tries again under a new id stores it twice.',
  set: 'extra',
  // Shorter than the database stays away, so that ingest can’t find out by trying again, and has to say that it does not know.
  // And a dozen events to a commit: of three lost answers about one event each, those whose second delivery is answered would leave too few that are unknown.
  needs: { settings: { FAULTLINE_COMMIT_TIMEOUT_MS: '1000', FAULTLINE_FLUSH_LINGER_MS: '40' } },

  traffic: { arrivals: 'poisson', keys: { kind: 'uniform', count: 2000 }, duplicates: { share: 0.33, withinMs: 6000 } },
  phases: {
    'warm-up': { kind: 'warm-up', seconds: 4, ratePerSecond: 40, shape: { kind: 'ramp', toPerSecond: 200 } },
    unknown: { kind: 'fault', seconds: 10, ratePerSecond: 200 },
    after: {
      kind: 'heal',
      seconds: 5,
      ratePerSecond: 200,
      budgets: {
        'accepted-after': {
          promql:
            '1 - sum(rate(http_server_request_duration_seconds_count{$run,http_route="/events",http_response_status_code="200"}[3s])) / sum(rate(http_server_request_duration_seconds_count{$run,http_route="/events"}[3s]))',
          over: 'end',
          unit: 'share',
          atMost: 0,
          why: 'Once the database can be reached nothing is refused any more.',
        },
      },
    },
  },
  faults: {
    'lost-answers': {
      kind: 'network',
      link: 'ingest-database',
      effect: 'swallow-commit',
      times: 3,
      statement: 'append_batch(',
      refuseForMs: 1500,
      at: { phase: 'unknown', afterSeconds: 1 },
      seconds: 8,
    },
  },

  expect: { 'duplicates-counted-exactly': true, 'no-takeover': true, 'no-dead-letters': true },
  seen: { recovered: 3, duplicates: 200 },
  budgets: { drop: { atMost: 0, why: 'Lanes on which the books do not add up.' } },
  alerts: {
    FaultlineIngestErrorBudgetBurn: { after: 'lost-answers', withinSeconds: 10, resolvesWithinSeconds: 15 },
  },
  drainWithinSeconds: 20,
});
