// A LogQL query after parsing: a log query (selector and pipeline), or a metric query over one.

export type MatchOperator = '=' | '!=' | '=~' | '!~';

export type Matcher = { readonly name: string; readonly operator: MatchOperator; readonly value: string; readonly pattern: RegExp | null };

/** A predicate on the labels of an entry: stream labels, structured metadata and what a parser has added. */
export type LabelFilter =
  | { readonly kind: 'match'; readonly matcher: Matcher }
  | {
      readonly kind: 'number';
      readonly name: string;
      readonly operator: '=' | '!=' | '<' | '<=' | '>' | '>=';
      readonly value: number;
      readonly unit: 'none' | 'duration' | 'bytes';
    }
  | { readonly kind: 'and' | 'or'; readonly left: LabelFilter; readonly right: LabelFilter };

export type Stage =
  | { readonly kind: 'line'; readonly keeps: (line: string) => boolean }
  | { readonly kind: 'label'; readonly filter: LabelFilter }
  | { readonly kind: 'json' }
  | { readonly kind: 'logfmt' };

export type LogQuery = { readonly kind: 'log'; readonly matchers: readonly Matcher[]; readonly stages: readonly Stage[] };

export type Grouping = { readonly without: boolean; readonly labels: readonly string[] };

export type MetricQuery =
  | {
      readonly kind: 'over-time';
      readonly operation: 'count_over_time' | 'rate' | 'bytes_over_time' | 'bytes_rate';
      readonly query: LogQuery;
      readonly rangeMs: number;
      readonly offsetMs: number;
    }
  | {
      readonly kind: 'aggregate';
      readonly operation: 'sum' | 'min' | 'max' | 'avg' | 'count';
      readonly grouping: Grouping | null;
      readonly of: MetricQuery;
    };
