// Quantities that more than one dashboard shows: asked in one way, with one limit, so that two panels never tell two stories.
import { signals } from '../../../system/contract/signals.ts';
import { identitiesBound, production } from '../../alerts/source/profile.ts';
import { ingestAnswerSeconds, slos, visibleSeconds } from '../../alerts/source/slo.ts';
import { countRateOf, maxOf, quantileOf, rateOf, sumOf, valueOf } from './metric.ts';

/** The doors of events, single and batch. */
export const ingestRoutes = { job: '="faultline-ingest"', http_route: '=~"/events|/events/batch"' } as const;

/** What a figure of "now" looks back over. */
export const lastMinute = '1m';

/** Of all requests with events, those that failed by our fault or were turned away: what the alert counts. NaN where nothing was asked; the second term is 0 only where there were requests. */
export const ingestFailureShare = (window?: string): string => {
  const all = sumOf(countRateOf(signals.httpServerDuration, ingestRoutes, window));
  const failed = sumOf(countRateOf(signals.httpServerDuration, { ...ingestRoutes, http_response_status_code: '=~"5..|429"' }, window));
  return `(${failed} or 0 * ${all}) / ${all}`;
};

/** Of answers with events in them: a refusal is quick, and would hide how long the others wait. */
export const ingestLatency = (share: number, window?: string): string =>
  quantileOf(share, signals.httpServerDuration, {
    matchers: { ...ingestRoutes, http_response_status_code: '=~"2.."' },
    ...(window === undefined ? {} : { window }),
  });

const ofProcessor = { faultline_processor: '=~"$processor"' } as const;

export const freshnessBy = (share: number, window?: string): string =>
  quantileOf(share, signals.freshness, { by: ['faultline_processor'], matchers: {}, ...(window === undefined ? {} : { window }) });

/** The slower processor's. */
export const worstFreshness = (share: number, window?: string): string => maxOf(freshnessBy(share, window));

export const vanished = sumOf(`abs(${valueOf(signals.drop)})`);
export const wrongEffects = sumOf(`abs(${valueOf(signals.effectSurplus)})`);
export const waiting = maxOf(`sum by (faultline_processor) (${valueOf(signals.lag)})`);
export const oldestWait = maxOf(valueOf(signals.lagDuration));
export const deadLetters = sumOf(valueOf(signals.deadLetters));
export const parkedKeys = sumOf(valueOf(signals.parkedKeys));
/** What they say, and how long ago they said it: of an exporter that died the last word would stand for minutes. */
const age = valueOf(signals.accountingAge);
export const booksAge = `max(${age} + (time() - timestamp(${age})))`;

/** A kind that fell silent stays, at 0, for as long as the range knows it: a row that is missing is seen by nobody. */
export const processesHeard = (kind: 'ingest' | 'worker' | 'query'): string => {
  const ofKind = valueOf(signals.eventLoopUtilization, { job: `="faultline-${kind}"` });
  const heard = (window: string): string => `count(present_over_time(${ofKind}[${window}]))`;
  return `${heard(lastMinute)} or 0 * ${heard('$__range')}`;
};

export const queueFill = `max(${valueOf(signals.ingestQueueSize)} / on (job, instance) ${valueOf(signals.ingestQueueLimit)})`;
export const requestsByStatus = `sum by (http_response_status_code) (${countRateOf(signals.httpServerDuration, ingestRoutes)})`;
export const failuresByType = `sum by (error_type) (${rateOf(signals.processingFailures, ofProcessor)})`;

const availability = slos.find(({ key }) => key === 'ingest_availability')!;
const fastBurn = Math.max(
  ...production.burn.map(({ above }) => ('factor' in above ? above.factor : above.badShare / (1 - availability.objective))),
);
const round = (share: number): number => Number(share.toPrecision(3));

/** Red where an alert of production fires, so that colour and alert tell one story; orange before that. */
export const limits = {
  failureShare: { orange: round(1 - availability.objective), red: round((1 - availability.objective) * fastBurn) },
  ingestLatency: { orange: 0.1, red: ingestAnswerSeconds },
  freshness: { orange: 1, red: visibleSeconds },
  waiting: { orange: 1_000, red: production.lagGrowing.events },
  oldestWait: { orange: 10, red: production.staleSeconds },
  never: { red: 1 },
  deadLetters: { orange: 1, red: 100 },
  deadLetterAge: { orange: 3_600, red: production.deadLetterSeconds },
  parkedKeys: { orange: 1, red: production.parkedKeys.keys },
  earlyAge: { orange: 60, red: production.earlySeconds },
  booksAge: { orange: 15, red: production.booksSeconds },
  identities: { orange: 0.8 * identitiesBound, red: identitiesBound },
  snapshot: { orange: 60, red: production.snapshotSeconds },
  queueFill: { orange: 0.5, red: 0.9 },
  busy: { orange: 0.7, red: 0.9 },
} as const;
