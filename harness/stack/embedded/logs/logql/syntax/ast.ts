// A LogQL query after parsing: a log query (selector and stages), or a metric query over log queries.
import type { LinePattern } from '../stages/line-pattern.ts';
import type { IpRange } from '../stages/ip-range.ts';
import type { Template } from '../template/template.ts';

export type MatchOperator = '=' | '!=' | '=~' | '!~';

/** `holds` is asked with the empty text where the label is not there. */
export type Matcher = {
  readonly name: string;
  readonly operator: MatchOperator;
  readonly value: string;
  readonly holds: (value: string) => boolean;
};

export type CompareOperator = '=' | '!=' | '<' | '<=' | '>' | '>=';

export type LabelUnit = 'number' | 'duration' | 'bytes';

/** A predicate on the labels of an entry: stream labels, structured metadata and what the stages before have added. */
export type LabelFilter =
  | { readonly kind: 'match'; readonly matcher: Matcher }
  | {
      readonly kind: 'compare';
      readonly name: string;
      readonly operator: CompareOperator;
      readonly value: number;
      readonly unit: LabelUnit;
    }
  | { readonly kind: 'ip'; readonly name: string; readonly negative: boolean; readonly range: IpRange }
  | { readonly kind: 'and' | 'or'; readonly left: LabelFilter; readonly right: LabelFilter };

/** A name alone takes the label whatever its value. */
export type NamedMatcher = { readonly name: string; readonly matcher: Matcher | null };

export type LabelFormat =
  | { readonly kind: 'rename'; readonly name: string; readonly from: string }
  | { readonly kind: 'template'; readonly name: string; readonly template: Template };

export type JsonPath = readonly (string | number)[];

export type Stage =
  | { readonly kind: 'line'; readonly keeps: (line: string) => boolean }
  | { readonly kind: 'label'; readonly filter: LabelFilter }
  | { readonly kind: 'json' }
  | { readonly kind: 'json-paths'; readonly paths: readonly { readonly name: string; readonly path: JsonPath }[] }
  | { readonly kind: 'logfmt'; readonly strict: boolean; readonly keepEmpty: boolean }
  | { readonly kind: 'logfmt-keys'; readonly strict: boolean; readonly keys: readonly { readonly name: string; readonly key: string }[] }
  | { readonly kind: 'regexp'; readonly pattern: RegExp }
  | { readonly kind: 'pattern'; readonly pattern: LinePattern }
  | { readonly kind: 'unpack' }
  | { readonly kind: 'decolorize' }
  | { readonly kind: 'line-format'; readonly template: Template }
  | { readonly kind: 'label-format'; readonly formats: readonly LabelFormat[] }
  | { readonly kind: 'drop' | 'keep'; readonly labels: readonly NamedMatcher[] };

export type LogQuery = { readonly kind: 'log'; readonly matchers: readonly Matcher[]; readonly stages: readonly Stage[] };

export type Unwrap = {
  readonly label: string;
  readonly conversion: 'number' | 'duration' | 'bytes';
  readonly filters: readonly LabelFilter[];
};

export type LogRange = {
  readonly query: LogQuery;
  readonly rangeMs: number;
  readonly offsetMs: number;
  readonly unwrap: Unwrap | null;
};

export type Grouping = { readonly without: boolean; readonly labels: readonly string[] };

export const rangeOperations = [
  'count_over_time',
  'rate',
  'rate_counter',
  'bytes_over_time',
  'bytes_rate',
  'sum_over_time',
  'avg_over_time',
  'min_over_time',
  'max_over_time',
  'stdvar_over_time',
  'stddev_over_time',
  'quantile_over_time',
  'first_over_time',
  'last_over_time',
  'absent_over_time',
] as const;
export type RangeOperation = (typeof rangeOperations)[number];

export type RangeAggregation = {
  readonly kind: 'range';
  readonly operation: RangeOperation;
  /** Only of quantile_over_time. */
  readonly parameter: number | null;
  readonly range: LogRange;
  readonly grouping: Grouping | null;
};

export const vectorOperations = ['sum', 'avg', 'count', 'max', 'min', 'stddev', 'stdvar', 'topk', 'bottomk', 'sort', 'sort_desc'] as const;
export type VectorOperation = (typeof vectorOperations)[number];

export type VectorAggregation = {
  readonly kind: 'aggregate';
  readonly operation: VectorOperation;
  /** Of topk and bottomk. */
  readonly count: number;
  readonly grouping: Grouping;
  readonly of: MetricQuery;
};

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%' | '^';
export type ComparisonOperator = '==' | '!=' | '>' | '>=' | '<' | '<=';
export type SetOperator = 'and' | 'or' | 'unless';
export type BinaryOperator = ArithmeticOperator | ComparisonOperator | SetOperator;

export type Matching = {
  readonly cardinality: 'one-to-one' | 'many-to-one' | 'one-to-many';
  readonly on: boolean;
  readonly labels: readonly string[];
  readonly include: readonly string[];
};

export type Binary = {
  readonly kind: 'binary';
  readonly operator: BinaryOperator;
  readonly returnsBool: boolean;
  readonly matching: Matching;
  readonly left: MetricQuery;
  readonly right: MetricQuery;
};

export type LabelReplace = {
  readonly kind: 'label-replace';
  readonly of: MetricQuery;
  readonly target: string;
  readonly replacement: string;
  readonly source: string;
  readonly pattern: RegExp;
};

export type MetricQuery =
  | RangeAggregation
  | VectorAggregation
  | Binary
  | LabelReplace
  | { readonly kind: 'literal' | 'vector'; readonly value: number };

export const isComparison = (operator: BinaryOperator): operator is ComparisonOperator =>
  ['==', '!=', '>', '>=', '<', '<='].includes(operator);

export const isSetOperator = (operator: BinaryOperator): operator is SetOperator => ['and', 'or', 'unless'].includes(operator);
