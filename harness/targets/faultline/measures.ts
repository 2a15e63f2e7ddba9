// What scenarios set budgets on, with the question each asks of faultline's telemetry: written once, so that two scenarios that say "ingest-p99" mean the same.
import type { Measures } from '../../scenario/measure.ts';

const ingestDuration = 'http_server_request_duration_seconds';
/** Alone and in batches. A batch is accepted as a whole, whatever becomes of its events: which of them were refused stands in the history. */
const takesEvents = 'http_route=~"/events|/events/batch"';
const accepted = `${takesEvents},http_response_status_code="200"`;
const refusedShare = (range: string): string =>
  `1 - sum(rate(${ingestDuration}_count{$run,${accepted}}[${range}])) / sum(rate(${ingestDuration}_count{$run,${takesEvents}}[${range}]))`;

/** A processor that has a lag and made nothing visible is there, and is not a number: `max` would not see it beside another. */
const freshness =
  'histogram_quantile(0.99, sum by (le, faultline_processor) (rate(faultline_event_freshness_seconds_bucket{$run}[$phase])))' +
  ' or sum by (faultline_processor) (messaging_consumer_lag{$run}) * NaN';

export const faultlineMeasures: Measures = {
  'ingest-p99': {
    means: 'How long a producer waits for its 2xx: the 99th percentile over the phase.',
    promql: `histogram_quantile(0.99, sum by (le) (rate(${ingestDuration}_bucket{$run,${accepted}}[$phase])))`,
    over: 'end',
    unit: 's',
  },
  'freshness-p99': {
    means: 'From the acceptance of an event until a query can see it: the 99th percentile over the phase, of each processor.',
    promql: freshness,
    over: 'end',
    unit: 's',
    eachSeries: true,
  },
  lag: {
    means: 'Events that wait for the slowest processor, at every second.',
    promql: 'max(sum by (faultline_processor) (messaging_consumer_lag{$run}))',
    over: 'every-step',
    unit: 'events',
  },
  'consumer-lag-age': {
    means: 'The age of the oldest event that one of those who consume elsewhere has not checkpointed, at every second.',
    promql: 'max(faultline_consumer_lag_duration_seconds{$run})',
    over: 'every-step',
    unit: 's',
  },
  'error-share': {
    means: 'The share of requests that were not accepted, over the phase.',
    promql: refusedShare('$phase'),
    over: 'end',
    unit: 'share',
  },
  'error-share-at-end': {
    means: 'The share of requests that were not accepted in the last three seconds of the phase.',
    promql: refusedShare('3s'),
    over: 'end',
    unit: 'share',
  },
  queue: {
    means: 'The bytes in the fullest queue of ingest, as a share of its limit, at every second.',
    promql: 'max(faultline_ingest_queue_size_bytes{$run}) / min(faultline_ingest_queue_limit_bytes{$run})',
    over: 'every-step',
    unit: 'share of the limit',
  },
  disk: {
    means: 'The bytes that the database takes, as a share of its budget, at every second.',
    promql: 'max(faultline_storage_size_bytes{$run}) / min(faultline_storage_limit_bytes{$run})',
    over: 'every-step',
    unit: 'share of the budget',
  },
  'udp-queue': {
    means: 'The bytes of datagrams in the fullest queue of ingest, as a share of its limit, at every second.',
    promql: 'max(faultline_udp_queue_size_bytes{$run}) / min(faultline_udp_queue_limit_bytes{$run})',
    over: 'every-step',
    unit: 'share of the limit',
  },
  'udp-network-loss': {
    means: 'Datagrams that the books charge the network with, at every second.',
    promql: 'sum(faultline_udp_lost{$run,faultline_udp_place="network"})',
    over: 'every-step',
    unit: 'datagrams',
    exact: true,
  },
  'udp-loss': {
    means: 'Datagrams that are lost wherever, at every second.',
    promql: 'sum(faultline_udp_lost{$run})',
    over: 'every-step',
    unit: 'datagrams',
    exact: true,
  },
  pending: {
    means: 'Early events that wait for their predecessors, at every second.',
    promql: 'sum(faultline_accounting_events{$run,faultline_processor="timelines",faultline_outcome="pending"})',
    over: 'every-step',
    unit: 'events',
  },
  parked: {
    means: 'Events that are parked, at every second.',
    promql: 'sum(faultline_accounting_events{$run,faultline_outcome="parked"})',
    over: 'every-step',
    unit: 'events',
    exact: true,
  },
  drop: {
    means: 'Lanes on which the books do not add up, at every second.',
    promql: 'sum(faultline_accounting_drop{$run} != bool 0)',
    over: 'every-step',
    unit: 'lanes',
    exact: true,
  },
  'effects-surplus': {
    means: 'Lanes with more or fewer effects than events applied, at every second.',
    promql: 'sum(faultline_effects_surplus{$run} != bool 0)',
    over: 'every-step',
    unit: 'lanes',
    exact: true,
  },
  'duplicate-rate': {
    means: 'Deliveries answered as duplicates, as a share of the events appended, over the phase.',
    promql: 'sum(rate(faultline_log_duplicates_total{$run}[$phase])) / sum(rate(faultline_log_appended_total{$run}[$phase]))',
    over: 'end',
    unit: 'share',
    exact: true,
  },
};
