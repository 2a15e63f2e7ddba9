// A template, read.
import type { TemplateValue } from './template-data.ts';

type Placed = { readonly position: number };

export type Operand = Placed &
  (
    | { readonly kind: 'literal'; readonly value: TemplateValue }
    /** `.`, or what a variable or a pipeline in parentheses gives; then its fields. */
    | { readonly kind: 'chain'; readonly base: 'dot' | Pipeline | { readonly variable: string }; readonly fields: readonly string[] }
    | { readonly kind: 'function'; readonly name: string }
  );

export type Command = Placed & { readonly operands: readonly Operand[] };

export type Pipeline = Placed & {
  readonly variables: readonly string[];
  /** `:=` makes variables, `=` sets those that are there. */
  readonly declares: boolean;
  readonly commands: readonly Command[];
};

export type ControlNode = {
  readonly kind: 'if' | 'with' | 'range';
  readonly pipeline: Pipeline;
  readonly body: readonly TemplateNode[];
  readonly otherwise: readonly TemplateNode[];
};

export type TemplateNode =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'output'; readonly pipeline: Pipeline }
  | ControlNode;
