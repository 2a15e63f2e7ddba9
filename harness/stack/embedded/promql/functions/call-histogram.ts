// histogram_quantile and histogram_fraction over `_bucket` series: buckets of one histogram are the series that differ only in `le`.
import { formatGeneralFloat, parseFloatText } from '../float-text.ts';
import type { Labels } from '../labels.ts';
import { dropMetricName, labelValue, omitLabels } from '../labels.ts';
import type { CallNode, Node } from '../syntax/ast.ts';
import type { Context } from '../engine/context.ts';
import { evaluateScalar, evaluateVector } from '../engine/context.ts';
import { mergeColumns } from '../engine/merge.ts';
import type { Column, Value } from '../engine/value.ts';
import { createColumn, setPoint, timeAtStep, vectorOf } from '../engine/value.ts';
import type { Bucket } from './classic-histogram.ts';
import { bucketFraction, bucketQuantile } from './classic-histogram.ts';

type Histogram = { readonly labels: Labels; readonly parts: { readonly upperBound: number; readonly column: Column }[] };

const bucketLabel: ReadonlySet<string> = new Set(['le']);

const histogramsOf = (argument: Node, columns: readonly Column[], context: Context): Histogram[] => {
  const histograms = new Map<string, Histogram>();
  for (const column of columns) {
    const text = labelValue(column.labels, 'le');
    const upperBound = parseFloatText(text);
    if (upperBound === null) {
      context.annotations.warn(`bucket label "le" is missing or has a malformed value of ${JSON.stringify(text)}`, argument.from);
      continue;
    }
    const whole = omitLabels(column.labels, bucketLabel);
    const histogram = histograms.get(whole.key) ?? { labels: dropMetricName(whole), parts: [] };
    histograms.set(whole.key, histogram);
    histogram.parts.push({ upperBound, column });
  }
  return [...histograms.values()];
};

type Measure = (buckets: readonly Bucket[], step: number) => number;

const measureHistograms = (argument: Node, context: Context, measure: Measure): Value => {
  const { steps } = context.grid;
  const histograms = histogramsOf(argument, evaluateVector(argument, context), context);
  context.budget.spend(histograms.length * steps);
  const results = histograms.map(({ labels, parts }) => {
    const result = createColumn(labels, steps);
    for (let step = 0; step < steps; step += 1) {
      const present = parts.filter(({ column }) => column.present[step] === 1);
      if (present.length === 0) continue;
      const buckets = present.map(({ upperBound, column }) => ({ upperBound, count: column.values[step]! }));
      setPoint(result, step, measure(buckets, step));
    }
    return result;
  });
  return vectorOf(mergeColumns(results));
};

const callQuantile = (call: CallNode, context: Context): Value => {
  const { annotations, grid } = context;
  const [parameter, argument] = call.arguments as [Node, Node];
  const q = evaluateScalar(parameter, context);
  for (const value of new Set(q)) {
    if (!(value >= 0 && value <= 1))
      annotations.warn(`quantile value should be between 0 and 1, got ${formatGeneralFloat(value)}`, parameter.from);
  }
  return measureHistograms(argument, context, (buckets, step) => {
    const { quantile, repair } = bucketQuantile(q[step]!, buckets);
    if (repair !== null) annotations.forcedMonotonicity({ ...repair, timeMs: timeAtStep(grid, step) }, argument.from);
    return quantile;
  });
};

const callFraction = (call: CallNode, context: Context): Value => {
  const [low, high, argument] = call.arguments as [Node, Node, Node];
  const [lower, upper] = [evaluateScalar(low, context), evaluateScalar(high, context)];
  return measureHistograms(argument, context, (buckets, step) => bucketFraction(lower[step]!, upper[step]!, buckets));
};

export const callHistogramFunction = (call: CallNode, context: Context): Value =>
  call.name === 'histogram_quantile' ? callQuantile(call, context) : callFraction(call, context);
