// eq, ne, lt, le, gt, ge as Go's templates have them: two values of different kinds do not compare, not even 1 and 1.0.
import { ExpansionFailed } from './template-error.ts';
import type { TemplateValue } from './template-data.ts';
import { typeName } from './value-access.ts';

const basic: ReadonlySet<string> = new Set(['float64', 'int', 'string', 'bool']);

const kindOf = (value: TemplateValue): string => {
  const kind = typeName(value);
  if (!basic.has(kind) && value !== null) throw new ExpansionFailed(`invalid type for comparison: ${kind}`);
  return kind;
};

const sameKind = (a: TemplateValue, b: TemplateValue): void => {
  if (kindOf(a) !== kindOf(b)) throw new ExpansionFailed(`incompatible types for comparison: ${typeName(a)} and ${typeName(b)}`);
};

export const areEqual = (a: TemplateValue, b: TemplateValue): boolean => {
  if (a === null || b === null) return a === b;
  sameKind(a, b);
  return a === b;
};

export const isLess = (a: TemplateValue, b: TemplateValue): boolean => {
  sameKind(a, b);
  if (typeof a === 'boolean' || a === null) throw new ExpansionFailed(`invalid type for comparison: ${typeName(a)}`);
  return (a as number) < (b as number);
};
