// The tree that the evaluator walks: durations and start()/end() are numbers already, so nothing in it depends on the grammar's own tree.
import type { Matcher } from '../matcher.ts';

export type ValueType = 'scalar' | 'vector' | 'matrix' | 'string';

/** Character offsets in the query. */
type Place = { readonly from: number; readonly to: number };

/** `offset` and `@`, both in milliseconds; a selector with `atMs` sees the same time at every step. */
export type TimeShift = { readonly offsetMs: number; readonly atMs: number | null };

export type NumberNode = Place & { readonly kind: 'number'; readonly value: number };
export type StringNode = Place & { readonly kind: 'string'; readonly value: string };
export type SelectorNode = Place &
  TimeShift & { readonly kind: 'selector'; readonly name: string; readonly matchers: readonly Matcher[]; readonly offsetIsSet: boolean };
export type RangeNode = Place & { readonly kind: 'range'; readonly selector: SelectorNode; readonly rangeMs: number };
export type SubqueryNode = Place &
  TimeShift & {
    readonly kind: 'subquery';
    readonly expression: Node;
    readonly rangeMs: number;
    /** 0: the default step. */
    readonly stepMs: number;
    readonly offsetIsSet: boolean;
  };
export type ParenthesesNode = Place & { readonly kind: 'parentheses'; readonly expression: Node };
export type UnaryNode = Place & { readonly kind: 'unary'; readonly negates: boolean; readonly expression: Node };
export type CallNode = Place & { readonly kind: 'call'; readonly name: string; readonly arguments: readonly Node[] };

export type AggregationOperator =
  | 'avg'
  | 'bottomk'
  | 'count'
  | 'count_values'
  | 'group'
  | 'max'
  | 'min'
  | 'quantile'
  | 'stddev'
  | 'stdvar'
  | 'sum'
  | 'topk';

export type AggregationNode = Place & {
  readonly kind: 'aggregation';
  readonly operator: AggregationOperator;
  readonly without: boolean;
  readonly grouping: readonly string[];
  readonly parameter: Node | null;
  readonly expression: Node;
};

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%' | '^' | 'atan2';
export type ComparisonOperator = '==' | '!=' | '<' | '<=' | '>' | '>=';
export type SetOperator = 'and' | 'or' | 'unless';
export type BinaryOperator = ArithmeticOperator | ComparisonOperator | SetOperator;

export type Matching = {
  readonly cardinality: 'one-to-one' | 'many-to-one' | 'one-to-many' | 'many-to-many';
  readonly on: boolean;
  readonly labels: readonly string[];
  /** Labels that group_left or group_right takes from the one side. */
  readonly include: readonly string[];
};

export type BinaryNode = Place & {
  readonly kind: 'binary';
  readonly operator: BinaryOperator;
  readonly returnsBool: boolean;
  readonly matching: Matching;
  readonly left: Node;
  readonly right: Node;
};

export type Node =
  | NumberNode
  | StringNode
  | SelectorNode
  | RangeNode
  | SubqueryNode
  | ParenthesesNode
  | UnaryNode
  | CallNode
  | AggregationNode
  | BinaryNode;

const comparisons: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=']);
const sets: ReadonlySet<string> = new Set(['and', 'or', 'unless']);

export const isComparison = (operator: BinaryOperator): operator is ComparisonOperator => comparisons.has(operator);
export const isSetOperator = (operator: BinaryOperator): operator is SetOperator => sets.has(operator);
