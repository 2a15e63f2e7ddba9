// One tenant floods, and another must not notice.
import { scenario } from '../harness/scenario/language.ts';

const accepted = 'http_route="/events",http_response_status_code="200"';

export default scenario({
  name: 'noisy-tenant',
  title: 'Two tenants with keys; one floods with four times its quota, and the other notices nothing',
  why: 'One queue for all is filled by whoever sends most, and everybody waits behind. A quota holds the flood off, definitely and with a time to come back, and shares of the queue and turns in each commit keep the other tenant’s way free: none of its events is refused, and it waits as it always did.',
  set: 'extra',

  traffic: {
    arrivals: 'poisson',
    keys: { kind: 'uniform', count: 500 },
    tenants: [
      { name: 'quiet', share: 0.1 },
      { name: 'noisy', share: 0.9, eventsPerSecond: 300 },
    ],
  },
  phases: {
    'warm-up': { kind: 'warm-up', seconds: 3, ratePerSecond: 200 },
    flood: {
      kind: 'fault',
      seconds: 8,
      ratePerSecond: 1300,
      budgets: {
        'quiet-p99': {
          promql: `histogram_quantile(0.99, sum by (le) (rate(http_server_request_duration_seconds_bucket{$run,${accepted},faultline_tenant="quiet"}[$phase])))`,
          over: 'end',
          unit: 's',
          atMost: 0.25,
          why: 'A producer of the quiet tenant waits for its 2xx: one in a hundred may wait a quarter of a second, flood or not.',
        },
        'quiet-refused': {
          promql: 'sum(rate(faultline_ingest_refused_total{$run,faultline_tenant="quiet"}[$phase]))',
          over: 'end',
          unit: 'events/s',
          atMost: 0,
          exact: true,
          why: 'None of the quiet tenant’s events is refused for what another sends.',
        },
        'noisy-accepted': {
          promql: 'sum(rate(messaging_client_sent_messages_total{$run,faultline_tenant="noisy"}[$phase]))',
          over: 'end',
          unit: 'events/s',
          atMost: 400,
          why: 'The noisy tenant gets its quota of 300 a second, a second’s worth at once, and no more.',
        },
        'freshness-p99': { atMost: 1, why: 'What is accepted is seen within a second, whosever it is.' },
      },
    },
    after: {
      kind: 'heal',
      seconds: 5,
      ratePerSecond: 200,
      budgets: {
        'error-share-at-end': { atMost: 0, why: 'Within its quota the noisy tenant is let in again.' },
      },
    },
  },

  expect: {
    'refusals-are-definite': true,
    'no-takeover': true,
    'no-dead-letters': true,
  },
  seen: { refusals: 2000 },
  budgets: {
    drop: { atMost: 0, why: 'Lanes on which the books do not add up: events that vanished.' },
  },
  alerts: {
    FaultlineTenantOverQuota: { after: 'flood', withinSeconds: 8, resolvesWithinSeconds: 15 },
  },
  drainWithinSeconds: 10,
});
