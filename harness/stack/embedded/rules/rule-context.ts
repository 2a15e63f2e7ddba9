// What the evaluation of one rule needs, and what it gives.
import type { EvaluationOptions } from '../promql/evaluate.ts';
import { evaluate } from '../promql/evaluate.ts';
import type { Labels } from '../promql/labels.ts';
import { noLabels } from '../promql/labels.ts';
import type { Storage } from '../promql/storage.ts';
import type { TextMap } from './rule.ts';

export type RuleSample = { readonly labels: Labels; readonly value: number };

export type RuleContext = {
  /** The time of the evaluation; the expression is asked `queryOffsetMs` before it. */
  readonly atMs: number;
  readonly queryOffsetMs: number;
  readonly limit: number;
  readonly storage: Storage;
  readonly query: EvaluationOptions;
  readonly externalLabels: TextMap;
  readonly externalUrl: string;
};

/** What a rule could not do with this data: its health, never the end of the others. */
export class RuleFailed extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'RuleFailed';
  }
}

/** A scalar is a vector of one without labels. */
export const queryVector = (
  expression: string,
  timeMs: number,
  { storage, query }: Pick<RuleContext, 'storage' | 'query'>,
): readonly RuleSample[] => {
  const { result } = evaluate(expression, { kind: 'instant', timeMs }, storage, query);
  if (result.type === 'vector') return result.samples;
  if (result.type === 'scalar') return [{ labels: noLabels, value: result.value }];
  throw new RuleFailed('rule result is not a vector or scalar');
};
