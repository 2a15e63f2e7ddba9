// The one definition of what users may expect, from which all burn-rate rules are made: in production and in runs the objectives are the same, only the windows differ.
import { ingestAnswerSeconds, unanswered } from '../../../system/contract/objectives.ts';
import { signals } from '../../../system/contract/signals.ts';
import { countOf, withinOf } from './promql.ts';

export type Slo = {
  /** In names of recorded series. */
  readonly key: string;
  readonly alert: string;
  /** Share of good events over the window, 0..1. */
  readonly objective: number;
  readonly windowDays: number;
  /** What a burnt budget means, as the beginning of a sentence. */
  readonly impact: string;
  /** What is counted, as the end of a sentence. */
  readonly counts: string;
  /** Labels beside run and scenario by which the budget is kept. */
  readonly by: readonly string[];
  /** Selectors of counters. `bad` where good ones may be missing altogether: of requests that are all refused there is no series of good ones. */
  readonly events: { readonly total: string } & ({ readonly good: string } | { readonly bad: string });
  readonly withoutTraffic: string;
};

/** 499: the client left before it had an answer. Of these it is our failure where the answer was overdue. */
const failedByUs = `http_response_status_code=~"5..|499",error_type!="${unanswered.left}"`;
const ingest = 'http_route=~"/events|/events/batch"';

export const visibleSeconds = 5;

export const slos: readonly Slo[] = [
  {
    key: 'ingest_availability',
    alert: 'FaultlineIngestErrorBudgetBurn',
    objective: 0.999,
    windowDays: 30,
    impact: 'Producers are turned away',
    counts: `requests to the ingest routes that were answered 5xx, or whose sender left after it had waited over ${ingestAnswerSeconds} s for an answer; 4xx are the sender's mistake, or its tenant's quota, and count as served`,
    by: [],
    events: {
      total: countOf(signals.httpServerDuration, ingest),
      bad: countOf(signals.httpServerDuration, `${ingest},${failedByUs}`),
    },
    withoutTraffic:
      'Without a request there is no ratio, so it does not fire: nobody was turned away. That ingest cannot be reached at all is told by FaultlineIngestGone.',
  },
  {
    key: 'ingest_latency',
    alert: 'FaultlineIngestLatencyBudgetBurn',
    objective: 0.99,
    windowDays: 30,
    impact: 'Producers wait too long for their 2xx',
    counts: `accepted requests to the ingest routes that took over ${ingestAnswerSeconds} s`,
    by: [],
    events: {
      total: countOf(signals.httpServerDuration, `${ingest},http_response_status_code=~"2.."`),
      good: withinOf(signals.httpServerDuration, ingestAnswerSeconds, `${ingest},http_response_status_code=~"2.."`),
    },
    withoutTraffic:
      'Without an accepted request there is no ratio, so it does not fire: nobody waited. Requests that are all refused are told by FaultlineIngestErrorBudgetBurn.',
  },
  {
    key: 'freshness',
    alert: 'FaultlineFreshnessBudgetBurn',
    objective: 0.99,
    windowDays: 30,
    impact: 'Readers see old data',
    counts: `events that became visible to a query over ${visibleSeconds} s after their receipt`,
    by: ['faultline_processor'],
    events: {
      total: countOf(signals.freshness),
      good: withinOf(signals.freshness, visibleSeconds),
    },
    withoutTraffic:
      'It counts events as they become visible: without any there is no ratio, so it does not fire. Events that never become visible are told by FaultlineEventsStale and FaultlineWorkersGone.',
  },
];
