// Tempo keeps the values of attributes in a column for each type, and a comparison with a literal looks into the column of the literal's type alone:
// { span.ratio > 1 } finds no float, { span.size > 1.5 } no integer. Which columns of a scope are looked into is seen from the whole query.
import { isBoolean } from './field-type.ts';
import type { Attribute, Field, FieldScope, Spanset, Stage } from './query.ts';
import type { Value } from './value.ts';

/** null: every column. */
export type AskedTypes = { of(scope: FieldScope): ReadonlySet<string> | null };

type Found = Map<FieldScope, Set<string> | null>;

const scopesOf = ({ scope }: Attribute): readonly FieldScope[] => (scope === 'any' ? ['span', 'resource'] : [scope]);

const askAll = (found: Found, field: Field): void => {
  if (field.kind === 'attribute') for (const scope of scopesOf(field)) found.set(scope, null);
  else visitField(found, field);
};

const askType = (found: Found, attribute: Attribute, type: string): void => {
  for (const scope of scopesOf(attribute)) {
    const known = found.get(scope);
    if (known === undefined) found.set(scope, new Set([type]));
    else known?.add(type);
  }
};

const visitBinary = (found: Found, { operator, left, right }: Field & { kind: 'binary' }): void => {
  const isComparison = isBoolean(operator) && operator !== '&&' && operator !== '||';
  if (isComparison && left.kind === 'attribute' && right.kind === 'literal') askType(found, left, right.value.type);
  else if (isComparison && left.kind === 'literal' && right.kind === 'attribute') askType(found, right, left.value.type);
  else for (const side of [left, right]) askAll(found, side);
};

const visitField = (found: Found, field: Field): void => {
  // That something is there or not is asked of its name.
  const isOfName =
    field.kind === 'unary' && (field.operator === 'exists' || field.operator === 'absent') && field.operand.kind === 'attribute';
  if (field.kind === 'unary' && !isOfName) askAll(found, field.operand);
  if (field.kind === 'binary') visitBinary(found, field);
};

const visitSpanset = (found: Found, spanset: Spanset): void => {
  if (spanset.kind === 'filter') askAll(found, spanset.condition);
  else if (spanset.kind === 'pipeline') visitStages(found, spanset.stages);
  else for (const side of [spanset.left, spanset.right]) visitSpanset(found, side);
};

const visitStages = (found: Found, stages: readonly Stage[]): void => {
  for (const stage of stages) {
    if (stage.kind === 'by') askAll(found, stage.field);
    else if (stage.kind === 'scalar-filter' && stage.aggregate.operand !== null) askAll(found, stage.aggregate.operand);
    else if (stage.kind !== 'scalar-filter' && stage.kind !== 'coalesce' && stage.kind !== 'select') visitSpanset(found, stage);
  }
};

export const askedTypes = (stages: readonly Stage[]): AskedTypes => {
  const found: Found = new Map();
  visitStages(found, stages);
  return { of: (scope) => found.get(scope) ?? null };
};

/** An array is in the column of its elements. */
export const columnOf = (value: Value): string => (value.type === 'array' ? (value.value[0]?.type ?? 'nil') : value.type);
