// One tenant floods, and another must not notice: while the quota holds the flood off, and while commits are too slow for what the quota lets in.
import { scenario } from '../harness/scenario/language.ts';

const accepted = 'http_route="/events",http_response_status_code="200"';
const waitOf = (tenant: string, quantile: number): string =>
  `histogram_quantile(${quantile}, sum by (le) (rate(http_server_request_duration_seconds_bucket{$run,${accepted},faultline_tenant="${tenant}"}[$phase])))`;
const quietRefused = {
  promql: 'sum(rate(faultline_ingest_refused_total{$run,faultline_tenant="quiet"}[$phase]))',
  over: 'end',
  unit: 'events/s',
  atMost: 0,
  exact: true,
  why: 'None of the quiet tenant’s events is refused for what another sends.',
} as const;

export default scenario({
  name: 'noisy-tenant',
  title:
    'Two tenants with keys; one floods with four times its quota, then fills a queue whose commits are slow, and the other notices nothing of either',
  why: 'One queue for all is filled by whoever sends most, and everybody waits behind. A quota holds the flood off, definitely and with a time to come back, and shares of the queue and turns in each commit keep the other tenant’s way free: none of its events is refused, and it waits as it always did.',
  set: 'extra',

  // One commit at a time, of few events: what a busy disk leaves of many. Room for about 90 events, of which a tenant that is not alone gets a third.
  needs: { settings: { FAULTLINE_FLUSHERS: '1', FAULTLINE_FLUSH_EVENTS: '7', FAULTLINE_QUEUE_LIMIT_BYTES: '70000' } },

  traffic: {
    arrivals: 'poisson',
    keys: { kind: 'uniform', count: 500 },
    tenants: [
      { name: 'quiet', share: 0.1 },
      { name: 'noisy', share: 0.9, eventsPerSecond: 70 },
    ],
  },
  phases: {
    'warm-up': { kind: 'warm-up', seconds: 4, ratePerSecond: 20, shape: { kind: 'ramp', toPerSecond: 50 } },
    flood: {
      kind: 'fault',
      seconds: 8,
      ratePerSecond: 300,
      budgets: {
        'quiet-p99': {
          promql: waitOf('quiet', 0.99),
          over: 'end',
          unit: 's',
          atMost: 0.25,
          why: 'A producer of the quiet tenant waits for its 2xx: one in a hundred may wait a quarter of a second, flood or not.',
        },
        'quiet-refused': quietRefused,
        'noisy-accepted': {
          promql: 'sum(rate(messaging_client_sent_messages_total{$run,faultline_tenant="noisy"}[$phase]))',
          over: 'end',
          unit: 'events/s',
          atMost: 93,
          why: 'The noisy tenant gets its quota of 70 a second, a second’s worth at once, and no more.',
        },
        'freshness-p99': { atMost: 1, why: 'What is accepted is seen within a second, whosever it is.' },
      },
    },
    // Within its quota, and still more than the commits take: 67 a second, of about 50 for both.
    crowded: {
      kind: 'fault',
      seconds: 8,
      ratePerSecond: 75,
      budgets: {
        'quiet-p99': {
          promql: waitOf('quiet', 0.99),
          over: 'end',
          unit: 's',
          atMost: 0.5,
          why: 'A commit takes a seventh of a second now. A quiet event goes with one of the next, however many of the other tenant’s were there before it.',
        },
        'quiet-refused': quietRefused,
        'quiet-to-noisy': {
          promql: `${waitOf('quiet', 0.9)} / ${waitOf('noisy', 0.9)}`,
          over: 'end',
          unit: 'of the noisy tenant’s wait',
          atMost: 0.6,
          exact: true,
          why: 'Without turns both wait behind the same backlog, and equally long. Whatever slows the machine slows both.',
        },
        'noisy-overloaded': {
          promql: 'sum(rate(faultline_ingest_refused_total{$run,faultline_tenant="noisy",error_code="overloaded"}[$phase]))',
          over: 'end',
          unit: 'events/s',
          atLeast: 1,
          why: 'The noisy tenant’s share of the queue was full: that is when turns and shares are what the other one lives on.',
        },
        'noisy-accepted': {
          promql: 'sum(rate(messaging_client_sent_messages_total{$run,faultline_tenant="noisy"}[$phase]))',
          over: 'end',
          unit: 'events/s',
          atLeast: 12,
          why: 'Turns, not precedence: what the quiet tenant leaves of each commit is the noisy one’s.',
        },
      },
    },
    after: {
      kind: 'heal',
      seconds: 5,
      ratePerSecond: 50,
      budgets: {
        'error-share-at-end': { atMost: 0, why: 'Within its quota the noisy tenant is let in again.' },
      },
    },
  },

  faults: {
    'slow-commits': {
      kind: 'network',
      link: 'ingest-database',
      effect: 'latency',
      latencyMs: 130,
      way: 'down',
      at: { phase: 'crowded', afterSeconds: 0.5 },
      seconds: 6,
    },
  },

  expect: {
    // The second witness: what the clients of the quiet tenant were told, or were not.
    'good-events-accepted': { tenant: 'quiet' },
    'refusals-are-definite': true,
    'no-takeover': true,
    'no-dead-letters': true,
  },
  seen: { refusals: 500 },
  budgets: {
    drop: { atMost: 0, why: 'Lanes on which the books do not add up: events that vanished.' },
  },
  alerts: {
    FaultlineTenantOverQuota: { after: 'flood', withinSeconds: 8, resolvesWithinSeconds: 15 },
  },
  mayFire: {
    FaultlineIngestRefusing:
      'What the noisy tenant has over its share of the queue is refused; how much depends on how fast the machine commits.',
    FaultlineIngestErrorBudgetBurn: 'The same, as a share of all requests.',
    FaultlineIngestLatencyBudgetBurn: 'The noisy tenant’s own events wait for its backlog, while commits are slow.',
  },
  drainWithinSeconds: 10,
});
