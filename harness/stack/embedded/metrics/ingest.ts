// Decoded OTLP -> samples in the index, one request at a time.
import type { DecodedResourceMetrics, OtlpMetric } from '../otlp-metric-types.ts';
import type { Labels } from '../promql/labels.ts';
import type { ColumnMemory } from './column-state.ts';
import { pointsOfMetric, pointsOfResource } from './count-skipped.ts';
import type { DropCounts, DropReason, MetricLimits } from './limits.ts';
import { maxFutureMs } from './limits.ts';
import type { FamilyMetadata, MetricFamily, MetricPoint } from './metric-family.ts';
import { readFamily } from './metric-family.ts';
import { integerToNumber, InvalidData, listOf, nanosToMs, recordOf } from './otlp-number.ts';
import type { ResourceLabels } from './resource-labels.ts';
import { pointLabels, resourceLabels } from './resource-labels.ts';
import type { SampleValue } from './sample-code.ts';
import { createSampleColumn } from './sample-column.ts';
import { attributesKey, createSeriesCache } from './series-cache.ts';
import type { SeriesCache } from './series-cache.ts';
import type { Series, SeriesIndex } from './series-index.ts';
import type { SeriesRoom } from './series-room.ts';

export type IngestResult = {
  readonly acceptedPoints: number;
  /** For OTLP's partial success. A repeated sample is not rejected: a retry is no mistake. */
  readonly rejectedPoints: number;
  readonly appendedSamples: number;
  /** Empty where nothing was rejected. */
  readonly message: string;
};

export type IngestParts = {
  readonly index: SeriesIndex;
  readonly memory: ColumnMemory;
  readonly limits: MetricLimits;
  readonly room: SeriesRoom;
  readonly drops: DropCounts;
  readonly metadata: Map<string, FamilyMetadata>;
};

type Request = {
  readonly parts: IngestParts;
  readonly cache: SeriesCache;
  readonly receivedAtMs: number;
  readonly reasons: Map<string, number>;
  accepted: number;
  rejected: number;
  appended: number;
};

type Resource = { readonly key: string; readonly labels: ResourceLabels };

/** Bounds the memory that metadata takes: names may come without end, and be without end. */
const maxFamilies = 10_000;
const maxKeptName = 1_024;

const countReason = (request: Request, message: string, points: number): void => {
  request.rejected += points;
  request.reasons.set(message, (request.reasons.get(message) ?? 0) + points);
};

const reject = (request: Request, reason: DropReason, message: string, points = 1): void => {
  request.parts.drops[reason] += points;
  countReason(request, message, points);
};

export const addSeries = (labels: Labels, { index, memory }: IngestParts): Series => {
  const series: Series = { labels, samples: createSampleColumn(memory), gone: false };
  index.add(series);
  return series;
};

/** Why not, and nothing made, where not all of them have room: half a histogram would be a wrong one. */
const seriesFor = (labelSets: readonly Labels[], { parts, receivedAtMs }: Request): readonly Series[] | string => {
  const { index, room } = parts;
  const missing = labelSets.filter(({ key }) => index.byKey(key) === undefined);
  const refusal = missing.length === 0 ? null : room.refusalOf(missing, receivedAtMs);
  return refusal ?? labelSets.map((labels) => index.byKey(labels.key) ?? addSeries(labels, parts));
};

const refusedTime = (request: Request, timeMs: number): DropReason | null => {
  if (!(timeMs >= request.receivedAtMs - request.parts.limits.retentionMs)) return 'late';
  return timeMs > request.receivedAtMs + maxFutureMs ? 'future' : null;
};

const appendAll = (request: Request, series: readonly Series[], timeMs: number, values: readonly SampleValue[]): DropReason | null => {
  let worst: DropReason | null = null;
  series.forEach(({ samples }, position) => {
    const outcome = samples.append(timeMs, values[position]!, request.parts.limits.outOfOrderWindowMs);
    if (outcome === 'appended') request.appended += 1;
    else request.parts.drops[outcome] += 1;
    if (outcome === 'late' || outcome === 'conflict') worst = outcome;
  });
  return worst;
};

const noRecordedValue = 1;

const timeTexts: Readonly<Partial<Record<DropReason, string>>> = {
  late: 'too old: behind the retention or the out-of-order window',
  future: 'more than ten minutes in the future',
  conflict: 'another value is stored for the same time',
};

const ingestPoint = (request: Request, resource: Resource, family: MetricFamily, given: MetricPoint): void => {
  const { name, shape } = family;
  const point = recordOf(given, 'data point');
  const timeMs = nanosToMs(point.timeUnixNano);
  const wrongTime = refusedTime(request, timeMs);
  if (wrongTime !== null) return reject(request, wrongTime, `${name}: ${timeTexts[wrongTime]}`);
  const attributes = listOf(point.attributes, 'attributes');
  // Before the series: what can't be read must not leave an empty one.
  const recorded = shape.values(point);
  const isStale = (integerToNumber(point.flags) & noRecordedValue) === noRecordedValue;
  const key = `${resource.key}\n${name}\n${attributesKey(attributes)}\n${shape.layout(point)}`;
  const series = request.cache.get(key, () => seriesFor(shape.series(point, name, pointLabels(attributes, resource.labels)), request));
  if (typeof series === 'string') return reject(request, 'series', `${name}: ${series}`);
  const outcome = appendAll(request, series, timeMs, isStale ? recorded.map((): SampleValue => 'stale') : recorded);
  if (outcome === null) request.accepted += 1;
  else countReason(request, `${name}: ${timeTexts[outcome]}`, 1);
  return undefined;
};

/** Of our own making: what of it can't be taken is nobody's loss, so it counts as nothing. */
const ingestTargetInfo = (request: Request, resource: Resource, timesMs: readonly number[]): void => {
  const labels = resource.labels.targetInfo;
  if (labels === null) return;
  const series = seriesFor([labels], request);
  if (typeof series === 'string') return;
  const append = (timeMs: number): void => {
    const outcomes = series.map(({ samples }) => samples.append(timeMs, 1, request.parts.limits.outOfOrderWindowMs));
    request.appended += outcomes.filter((outcome) => outcome === 'appended').length;
  };
  const lastMs = timesMs.reduce((a, b) => Math.max(a, b));
  // As often as half the look-back, so that a request that spans more leaves no hole.
  for (let timeMs = timesMs.reduce((a, b) => Math.min(a, b)); timeMs < lastMs; timeMs += 150_000) append(timeMs);
  append(lastMs);
};

/** A part that is not what OTLP says is left out, and all of its data points are counted; the rest of the request is taken. */
const unlessInvalid = (request: Request, pointsOfPart: () => number, run: () => void): void => {
  try {
    run();
  } catch (error) {
    if (!(error instanceof InvalidData)) throw error;
    reject(request, 'invalid', error.message, pointsOfPart());
  }
};

const onePoint = (): number => 1;
const noPoints = (): number => 0;

const ingestMetric = (request: Request, resource: Resource, metric: OtlpMetric, timesMs: number[]): void => {
  const family = readFamily(metric);
  if ('refused' in family) {
    reject(request, family.refused, family.message, family.points);
    return;
  }
  const { metadata } = request.parts;
  if (family.name.length <= maxKeptName && (metadata.has(family.name) || metadata.size < maxFamilies))
    metadata.set(family.name, family.metadata);
  for (const point of family.points) {
    unlessInvalid(request, onePoint, () => {
      ingestPoint(request, resource, family, point);
      const timeMs = nanosToMs(point.timeUnixNano);
      if (refusedTime(request, timeMs) === null) timesMs.push(timeMs);
    });
  }
};

/** Of no resource, and of no scope, there are no points: their sender is told, and nothing is counted. */
const ingestResource = (request: Request, given: DecodedResourceMetrics): void => {
  const resourceMetrics = recordOf(given, 'resourceMetrics');
  const attributes = listOf(resourceMetrics.resource?.attributes, 'attributes');
  const resource = {
    key: request.cache.shorten(attributesKey(attributes)),
    labels: resourceLabels(attributes, request.parts.limits.promotedAttributes),
  };
  const timesMs: number[] = [];
  const ingestOne = (metric: OtlpMetric): void =>
    unlessInvalid(
      request,
      () => pointsOfMetric(metric),
      () => ingestMetric(request, resource, metric, timesMs),
    );
  for (const scope of listOf(resourceMetrics.scopeMetrics, 'scopeMetrics'))
    unlessInvalid(request, noPoints, () => listOf(recordOf(scope, 'scopeMetrics').metrics, 'metrics').forEach(ingestOne));
  if (timesMs.length > 0) ingestTargetInfo(request, resource, timesMs);
};

const maxReasons = 5;

const messageOf = (reasons: ReadonlyMap<string, number>): string => {
  const texts = [...reasons].map(([text, points]) => (points > 1 ? `${text} (${points} data points)` : text));
  const more = texts.length - maxReasons;
  return [...texts.slice(0, maxReasons), ...(more > 0 ? [`and ${more} more reasons`] : [])].join('; ');
};

export const createIngest = (
  parts: IngestParts,
): ((resourceMetrics: readonly DecodedResourceMetrics[], receivedAtMs: number) => IngestResult) => {
  const { index, limits } = parts;
  // Of series that are gone, and of texts: beside what is charged, so a small part of it.
  const maxRemembered = limits.maxBytes / 16;
  const cache = createSeriesCache(limits.maxSeries, maxRemembered);
  let removedBytes = 0;
  return (resourceMetrics, receivedAtMs) => {
    if (index.removedBytes - removedBytes > maxRemembered) {
      removedBytes = index.removedBytes;
      cache.forget();
    }
    const request: Request = { parts, cache, receivedAtMs, reasons: new Map(), accepted: 0, rejected: 0, appended: 0 };
    for (const one of resourceMetrics)
      unlessInvalid(
        request,
        () => pointsOfResource(one),
        () => ingestResource(request, one),
      );
    return {
      acceptedPoints: request.accepted,
      rejectedPoints: request.rejected,
      appendedSamples: request.appended,
      message: messageOf(request.reasons),
    };
  };
};
