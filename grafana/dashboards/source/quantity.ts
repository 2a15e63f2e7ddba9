// Quantities that more than one dashboard shows: asked in one way, with one limit, so that two panels never tell two stories.
import { ingestAnswerSeconds, unanswered } from '../../../system/contract/objectives.ts';
import { signals } from '../../../system/contract/signals.ts';
import { identitiesBound, production } from '../../alerts/source/profile.ts';
import { slos, visibleSeconds } from '../../alerts/source/slo.ts';
import { countRateOf, type Matchers, maxOf, type Quantile, quantileOf, rateOf, sumOf, valueOf } from './metric.ts';

/** Of the processor and of the process that the reader chose, where a dashboard lets them. */
export const chosenProcessor = { faultline_processor: '=~"$processor"' } as const;
export const chosenInstance = { instance: '=~"$instance"' } as const;

/** The processes of a kind, whatever namespace stands before the name of their service. */
export const jobOf = (kind: 'ingest' | 'worker' | 'query') => ({ job: `=~"(.+/)?faultline-${kind}"` }) as const;

/** The doors of events, single and batch. */
export const ingestRoutes = { ...jobOf('ingest'), http_route: '=~"/events|/events/batch"' } as const;

/** What a figure of "now" looks back over. */
export const lastMinute = '1m';

/** Of all requests with events, those that failed by our fault: what the alert counts. 429 is a tenant over its own quota. NaN where nothing was asked; the second term is 0 only where there were requests. */
export const ingestFailureShare = (window?: string): string => {
  const all = sumOf(countRateOf(signals.httpServerDuration, ingestRoutes, window));
  const failed = sumOf(
    countRateOf(
      signals.httpServerDuration,
      { ...ingestRoutes, http_response_status_code: '=~"5..|499"', error_type: `!="${unanswered.left}"` },
      window,
    ),
  );
  return `(${failed} or 0 * ${all}) / ${all}`;
};

/** Of answers with events in them: a refusal is quick, and would hide how long the others wait. */
export const ingestLatency = (share: number, window?: string): string =>
  quantileOf(share, signals.httpServerDuration, {
    matchers: { ...ingestRoutes, http_response_status_code: '=~"2.."' },
    ...(window === undefined ? {} : { window }),
  });

export const freshnessBy = (share: number, options: Omit<Quantile<typeof signals.freshness>, 'by'> = {}): string =>
  quantileOf(share, signals.freshness, { ...options, by: ['faultline_processor'] });

/** The slower processor's. */
export const worstFreshness = (share: number, window: string): string => maxOf(freshnessBy(share, { window }));

export const vanished = sumOf(`abs(${valueOf(signals.drop)})`);
export const wrongEffects = sumOf(`abs(${valueOf(signals.effectSurplus)})`);
export const lagByProcessor = (matchers: Matchers<typeof signals.lag> = {}): string =>
  `sum by (faultline_processor) (${valueOf(signals.lag, matchers)})`;
/** The slowest processor's. */
export const waiting = (matchers: Matchers<typeof signals.lag> = {}): string => maxOf(lagByProcessor(matchers));
export const oldestWait = (matchers: Matchers<typeof signals.lagDuration> = {}): string => maxOf(valueOf(signals.lagDuration, matchers));
export const deadLetters = (matchers: Matchers<typeof signals.deadLetters> = {}): string => sumOf(valueOf(signals.deadLetters, matchers));
export const parkedKeys = sumOf(valueOf(signals.parkedKeys));
/** What they say, and how long ago they said it: of an exporter that died the last word would stand for minutes. */
const age = valueOf(signals.accountingAge);
export const booksAge = `max(${age} + (time() - timestamp(${age})))`;

/** A kind that fell silent stays, at 0, for as long as the range knows it: a row that is missing is seen by nobody. */
export const processesHeard = (kind: 'ingest' | 'worker' | 'query'): string => {
  const ofKind = valueOf(signals.eventLoopUtilization, jobOf(kind));
  const heard = (window: string): string => `count(present_over_time(${ofKind}[${window}]))`;
  return `${heard(lastMinute)} or 0 * ${heard('$__range')}`;
};

export const queueFill = `max(${valueOf(signals.ingestQueueSize)} / on (job, instance) ${valueOf(signals.ingestQueueLimit)})`;
export const requestsByStatus = (matchers: Matchers<typeof signals.httpServerDuration>): string =>
  `sum by (http_response_status_code) (${countRateOf(signals.httpServerDuration, matchers)})`;
export const failuresByType = (matchers: Matchers<typeof signals.processingFailures>): string =>
  `sum by (error_type) (${rateOf(signals.processingFailures, matchers)})`;
export const slowestOperations = quantileOf(0.99, signals.dbOperationDuration, { by: ['db_operation_name'] });

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
  effectsAge: { orange: production.effectsSeconds / 2, red: production.effectsSeconds },
  identities: { orange: 0.8 * identitiesBound, red: identitiesBound },
  snapshot: { orange: 60, red: production.snapshotSeconds },
  queueFill: { orange: 0.5, red: 0.9 },
  busy: { orange: 0.7, red: 0.9 },
  memory: { orange: 750_000_000, red: 1_500_000_000 },
  databaseOperation: { orange: 0.1, red: 0.5 },
} as const;
