// index/stats, index/volume and index/volume_range: how much there is. Loki estimates from its index, this counts.
import type { Parameters } from '../../prometheus-api/parameters.ts';
import { labelsFromEntries } from '../../promql/labels.ts';
import type { Labels } from '../../promql/labels.ts';
import type { StoredEntry } from '../log-store.ts';
import { selectEntries } from '../logql/select.ts';
import type { Matcher } from '../logql/syntax/ast.ts';
import { parseSelector } from '../logql/syntax/parse.ts';
import { metricOf, point, queryStats, success } from './answer.ts';
import { newTurn, nowNano } from './context.ts';
import type { LokiContext } from './context.ts';
import { BadParameter, countOf, rangeOf, stepMsOf } from './parameters.ts';
import type { Bounds } from './parameters.ts';

const sizeOf = ({ entry }: StoredEntry): number =>
  Buffer.byteLength(entry.line) + entry.metadata.reduce((bytes, text) => bytes + Buffer.byteLength(text), 0);

const select = (matchers: readonly Matcher[], { startNano, endNano }: Bounds, context: LokiContext): readonly StoredEntry[] =>
  selectEntries(context.logs, matchers, startNano, endNano);

export const indexStats = (parameters: Parameters, context: LokiContext): unknown => {
  const bounds = rangeOf(parameters, nowNano(context));
  const found = select(parseSelector(parameters.first('query')), bounds, context);
  const streams = new Set(found.map(({ stream }) => stream)).size;
  return { streams, chunks: streams, bytes: found.reduce((bytes, stored) => bytes + sizeOf(stored), 0), entries: found.length };
};

type Volumes = {
  readonly matchers: readonly Matcher[];
  readonly bounds: Bounds;
  readonly limit: number;
  readonly labelsOf: (stored: StoredEntry) => readonly Labels[];
};

const readVolumes = (parameters: Parameters, context: LokiContext): Volumes => {
  const text = parameters.first('query');
  const matchers = text === '{}' ? [] : parseSelector(text);
  const targets = parameters
    .first('targetLabels')
    .split(',')
    .filter((name) => name !== '');
  const aggregateBy = parameters.first('aggregateBy') || 'series';
  if (aggregateBy !== 'series' && aggregateBy !== 'labels') throw new BadParameter('invalid aggregation option');
  const names = new Set(targets.length > 0 ? targets : matchers.map(({ name }) => name));
  const isWanted = (name: string): boolean => names.size === 0 || names.has(name);
  const bySeries = ({ stream }: StoredEntry): readonly Labels[] => [
    labelsFromEntries([...stream.labels].filter(([name]) => isWanted(name))),
  ];
  const byLabel = ({ stream }: StoredEntry): readonly Labels[] =>
    [...stream.labels.keys()].filter((name) => targets.length === 0 || isWanted(name)).map((name) => labelsFromEntries([[name, name]]));
  return {
    matchers,
    bounds: rangeOf(parameters, nowNano(context)),
    limit: countOf(parameters, 'limit', 100),
    labelsOf: aggregateBy === 'series' ? bySeries : byLabel,
  };
};

/** The biggest first. A volume by label is called by the label alone. */
const sum = (
  { limit, labelsOf }: Volumes,
  stored: readonly StoredEntry[],
): readonly { readonly labels: Labels; readonly bytes: number }[] => {
  const volumes = new Map<string, { labels: Labels; bytes: number }>();
  for (const one of stored) {
    for (const labels of labelsOf(one)) {
      const volume = volumes.get(labels.key) ?? { labels, bytes: 0 };
      volume.bytes += sizeOf(one);
      volumes.set(labels.key, volume);
    }
  }
  return [...volumes.values()].sort((left, right) => right.bytes - left.bytes).slice(0, limit);
};

export const volume = (parameters: Parameters, context: LokiContext): unknown => {
  const asked = readVolumes(parameters, context);
  const atMs = Number(asked.bounds.endNano / 1_000_000n);
  const found = sum(asked, select(asked.matchers, asked.bounds, context));
  const result = found.map(({ labels, bytes }) => ({ metric: metricOf(labels), value: point(atMs, bytes) }));
  return success({ resultType: 'vector', result, stats: queryStats(newTurn(context), 0, result.length) });
};

export const volumeRange = (parameters: Parameters, context: LokiContext): unknown => {
  const asked = readVolumes(parameters, context);
  const stepNano = BigInt(stepMsOf(parameters, asked.bounds)) * 1_000_000n;
  const found = select(asked.matchers, asked.bounds, context);
  const steps = Map.groupBy(found, ({ entry }) => (entry.atNano - asked.bounds.startNano) / stepNano);
  const series = new Map<string, { readonly metric: unknown; readonly values: unknown[] }>();
  for (const [step, stored] of [...steps].sort(([left], [right]) => (left < right ? -1 : 1))) {
    const atMs = Number((asked.bounds.startNano + step * stepNano) / 1_000_000n);
    for (const { labels, bytes } of sum(asked, stored)) {
      const one = series.get(labels.key) ?? { metric: metricOf(labels), values: [] };
      one.values.push(point(atMs, bytes));
      series.set(labels.key, one);
    }
  }
  return success({ resultType: 'matrix', result: [...series.values()], stats: queryStats(newTurn(context), 0, series.size) });
};
