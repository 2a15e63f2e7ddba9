// A TraceQL query after parsing. https://grafana.com/docs/tempo/latest/traceql/
import type { ScalarValue, Value } from './value.ts';

export type FieldScope = 'any' | 'span' | 'resource' | 'event' | 'link' | 'instrumentation' | 'intrinsic';

/** Intrinsics under one name each: span:duration is duration, trace:rootName is rootName. */
export type Attribute = { readonly kind: 'attribute'; readonly scope: FieldScope; readonly name: string };

export type BinaryOperator = '+' | '-' | '*' | '/' | '%' | '^' | '=' | '!=' | '<' | '<=' | '>' | '>=' | '=~' | '!~' | '&&' | '||';
export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=';

/** An expression on one span. exists and absent are `!= nil` and `= nil`. */
export type Field =
  | { readonly kind: 'literal'; readonly value: Value }
  | Attribute
  | { readonly kind: 'unary'; readonly operator: '-' | '!' | 'exists' | 'absent'; readonly operand: Field }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Field;
      readonly right: Field;
      /** For =~ and !~. */
      readonly pattern: RegExp | null;
    };

/** `>` child, `>>` descendant, `<` parent, `<<` ancestor, `~` sibling; with `!` those of the right side that are none, with `&` both sides. */
export type Relation = 'child' | 'descendant' | 'parent' | 'ancestor' | 'sibling';
export type StructuralOperator = { readonly relation: Relation; readonly mode: 'right' | 'none' | 'both' };

export type Spanset =
  | { readonly kind: 'filter'; readonly condition: Field }
  | { readonly kind: 'and' | 'or'; readonly left: Spanset; readonly right: Spanset }
  | { readonly kind: 'structural'; readonly operator: StructuralOperator; readonly left: Spanset; readonly right: Spanset }
  | { readonly kind: 'pipeline'; readonly stages: readonly Stage[] };

export type Aggregate = { readonly operator: 'count' | 'min' | 'max' | 'avg' | 'sum'; readonly operand: Field | null };

export type Stage =
  | Spanset
  | { readonly kind: 'scalar-filter'; readonly aggregate: Aggregate; readonly operator: Comparison; readonly value: ScalarValue }
  | { readonly kind: 'by'; readonly field: Field }
  | { readonly kind: 'coalesce' }
  | { readonly kind: 'select'; readonly attributes: readonly Attribute[] };

export type MetricOperator =
  | 'rate'
  | 'count_over_time'
  | 'min_over_time'
  | 'max_over_time'
  | 'avg_over_time'
  | 'sum_over_time'
  | 'quantile_over_time'
  | 'histogram_over_time';

export type RankStage = { readonly operator: 'topk' | 'bottomk'; readonly limit: number };

export type MetricsStage = {
  readonly operator: MetricOperator;
  readonly attribute: Attribute | null;
  readonly quantiles: readonly number[];
  readonly by: readonly Attribute[];
  readonly ranks: readonly RankStage[];
};

export type Query = {
  readonly stages: readonly Stage[];
  readonly metrics: MetricsStage | null;
  readonly hints: ReadonlyMap<string, ScalarValue>;
};
