// A TraceQL query after parsing: spansets (sets of spans of one trace) over conditions on single spans.

/** What a literal or a field of a span is worth. Durations are nanoseconds; kind and status are OTLP's numbers. `many`: one value per event or link. */
export type Value =
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'number'; readonly value: number }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'kind'; readonly value: number }
  | { readonly type: 'status'; readonly value: number }
  | { readonly type: 'many'; readonly value: readonly Value[] }
  | { readonly type: 'nil' };

export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=' | '=~' | '!~';

export type FieldScope = 'any' | 'span' | 'resource' | 'event' | 'link' | 'instrumentation' | 'intrinsic';

export type Condition =
  | { readonly kind: 'literal'; readonly value: Value }
  | { readonly kind: 'field'; readonly scope: FieldScope; readonly name: string }
  | { readonly kind: 'not'; readonly operand: Condition }
  | { readonly kind: 'and' | 'or'; readonly left: Condition; readonly right: Condition }
  | {
      readonly kind: 'compare';
      readonly operator: Comparison;
      readonly left: Condition;
      readonly right: Condition;
      readonly pattern: RegExp | null;
    };

/** `>` child, `>>` descendant, `<` parent, `<<` ancestor, `~` sibling: the spans of the right side that stand so to one of the left. */
export type Relation = '>' | '>>' | '<' | '<<' | '~';

export type Spanset =
  | { readonly kind: 'filter'; readonly condition: Condition | null }
  | { readonly kind: 'and' | 'or'; readonly left: Spanset; readonly right: Spanset }
  | { readonly kind: 'relation'; readonly relation: Relation; readonly left: Spanset; readonly right: Spanset };
