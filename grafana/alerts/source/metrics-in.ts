// Which metrics, groupings and labels a PromQL expression names: read from its syntax tree, not guessed by pattern. For tests of the rules.
import { parser } from '@prometheus-io/lezer-promql';

export type Named = {
  readonly metrics: readonly string[];
  /** The labels of each `by (…)`; an aggregation without one has none. */
  readonly groupings: readonly (readonly string[])[];
  /** Places where the expression cannot be read. */
  readonly errors: number;
};

export const namedIn = (expr: string): Named => {
  const metrics: string[] = [];
  const groupings: string[][] = [];
  let errors = 0;
  parser.parse(expr).iterate({
    enter: ({ type, node, from, to }) => {
      if (type.isError) errors += 1;
      if (node.name === 'VectorSelector') metrics.push(expr.slice(from, to).replace(/\{[^]*$/, ''));
      if (node.name === 'AggregateExpr') groupings.push([]);
      if (node.name === 'LabelName' && node.parent?.name === 'GroupingLabels') groupings.at(-1)?.push(expr.slice(from, to));
    },
  });
  return { metrics, groupings, errors };
};
