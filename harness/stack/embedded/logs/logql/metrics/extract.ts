// Turns entries into samples: one an entry, by the labels that the query leaves it.
import { labelsFromPairs, noLabels } from '../../../promql/labels.ts';
import type { Labels } from '../../../promql/labels.ts';
import type { Grouping, LogRange, RangeAggregation } from '../syntax/ast.ts';
import { conversions } from '../syntax/literals.ts';
import type { LogSource } from '../select.ts';
import { selectEntries } from '../select.ts';
import { metricHints } from '../stages/hints.ts';
import { passesFilter } from '../stages/label-filter.ts';
import { createLabelsBuilder, errorLabel, preserveErrorLabel } from '../stages/labels-builder.ts';
import type { LabelsBuilder, Pair } from '../stages/labels-builder.ts';
import { withoutUnreadFormats } from '../stages/order-stages.ts';
import { compileFirstFilter, compilePipeline } from '../stages/run-stages.ts';
import { QueryLimit } from '../turn.ts';
import type { Turn } from '../turn.ts';

/** Oldest first. Times are nanoseconds after an origin that all series of the query share. */
export type Samples = { readonly labels: Labels; readonly times: number[]; readonly values: number[] };

export type Extraction = {
  readonly aggregation: RangeAggregation;
  /** Of a sum around it, which Loki has its parsers know. */
  readonly outerGrouping: Grouping | null;
  readonly originNano: bigint;
  readonly startNano: bigint;
  readonly endNano: bigint;
};

const countsBytes = (operation: string): boolean => operation === 'bytes_over_time' || operation === 'bytes_rate';

const groupingOf = ({ aggregation, outerGrouping }: Extraction): Grouping | null => outerGrouping ?? aggregation.grouping;

/** Null: no sample. A value that is no number is an error of the sample. */
const unwrapValue = (range: LogRange, labels: LabelsBuilder): number | null => {
  const { unwrap } = range;
  const text = unwrap === null ? undefined : labels.get(unwrap.label);
  if (unwrap === null || text === undefined || text === '') return null;
  let value = 0;
  try {
    value = conversions[unwrap.conversion](text);
  } catch (error) {
    labels.error = 'SampleExtractionErr';
    labels.errorDetails = (error as Error).message;
  }
  return unwrap.filters.every((filter) => passesFilter(filter, labels)) ? value : null;
};

type Group = (labels: LabelsBuilder) => Labels;

/** An empty label is a label here: a format can make one. */
const labelsOf = (pairs: readonly Pair[]): Labels =>
  labelsFromPairs(pairs.toSorted(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0)).flat());

const allLabels: Group = (labels) => {
  const { stream, metadata, parsed } = labels.kinds();
  return labelsOf([...stream, ...metadata, ...parsed]);
};

/** A label that a stage removed stays removed here, even if a later one set it again. */
const pickGroup =
  (names: readonly string[]): Group =>
  (labels) =>
    labelsOf(
      names.flatMap((name): Pair[] => {
        const value = labels.isRemoved(name) ? undefined : labels.get(name);
        return value === undefined ? [] : [[name, value]];
      }),
    );

const omitGroup =
  (names: ReadonlySet<string>): Group =>
  (labels) => {
    const { stream, metadata, parsed } = labels.kinds();
    return labelsOf([...stream, ...metadata, ...parsed].filter(([name]) => !names.has(name)));
  };

const groupFor = (extraction: Extraction): Group => {
  const grouping = groupingOf(extraction);
  const { operation, range } = extraction.aggregation;
  if (operation === 'absent_over_time' || (grouping !== null && !grouping.without && grouping.labels.length === 0)) return () => noLabels;
  const names = [...(grouping?.labels ?? []), ...(range.unwrap === null ? [] : [range.unwrap.label])];
  if (grouping !== null && !grouping.without) return pickGroup(grouping.labels);
  return names.length === 0 ? allLabels : omitGroup(new Set(names));
};

const pipelineError = (labels: Labels): QueryLimit => {
  const record = new Map(Array.from({ length: labels.pairs.length / 2 }, (_, at) => [labels.pairs[at * 2]!, labels.pairs[at * 2 + 1]!]));
  const error = record.get(errorLabel) ?? '';
  const series = `{${[...record].map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(', ')}}`;
  return new QueryLimit(
    `pipeline error: '${error}' for series: '${series}'.\nUse a label filter to intentionally skip this error. (e.g | __error__!="${error}").\nTo skip all potential errors you can match empty errors.(e.g __error__="")\nThe label filter can also be specified after unwrap. (e.g | unwrap latency | __error__="" )\n`,
  );
};

/** Errors are not counted in silence: the query fails, unless it asked for them. */
const seriesLabels = (labels: LabelsBuilder, group: Group): Labels => {
  if (labels.error === '') return group(labels);
  const all = allLabels(labels);
  if (labels.get(preserveErrorLabel) !== 'true') throw pipelineError(all);
  return all;
};

const builderFor = ({ aggregation, outerGrouping }: Extraction): LabelsBuilder => {
  const { range, operation } = aggregation;
  const grouping = outerGrouping ?? aggregation.grouping;
  return createLabelsBuilder(
    metricHints({
      stages: range.query.stages,
      grouping,
      noLabels: operation === 'absent_over_time' || (grouping !== null && !grouping.without && grouping.labels.length === 0),
      unwrapped: range.unwrap?.label ?? null,
      unwrapFilters: range.unwrap?.filters ?? [],
    }),
  );
};

export const extractSamples = async (extraction: Extraction, source: LogSource, turn: Turn): Promise<readonly Samples[]> => {
  const { aggregation, originNano, startNano, endNano } = extraction;
  const { range, operation } = aggregation;
  const pipeline = compilePipeline(countsBytes(operation) ? range.query.stages : withoutUnreadFormats(range.query.stages));
  const isWanted = compileFirstFilter(range.query.stages);
  const labels = builderFor(extraction);
  const group = groupFor(extraction);
  const series = new Map<string, Samples>();
  for (const { stream, entry } of selectEntries(source, range.query.matchers, startNano, endNano)) {
    if (turn.isOver()) await turn.pause();
    turn.cost.lines += 1;
    turn.cost.bytes += entry.line.length;
    if (!isWanted(entry.line)) continue;
    labels.start(stream.labels, entry.metadata);
    const line = pipeline(entry.line, entry.atNano, labels);
    if (line === null) continue;
    const value = range.unwrap === null ? (countsBytes(operation) ? Buffer.byteLength(line) : 1) : unwrapValue(range, labels);
    if (value === null) continue;
    const key = seriesLabels(labels, group);
    const samples = series.get(key.key) ?? { labels: key, times: [], values: [] };
    if (samples.times.length === 0) series.set(key.key, samples);
    samples.times.push(Number(entry.atNano - originNano));
    samples.values.push(value);
  }
  return [...series.values()];
};

export const tooManySeries = (most: number): QueryLimit =>
  new QueryLimit(
    `maximum number of series (${most}) reached for a single query; consider reducing query cardinality by adding more specific stream selectors, reducing the time range, or aggregating results with functions like sum(), count() or topk()`,
  );
