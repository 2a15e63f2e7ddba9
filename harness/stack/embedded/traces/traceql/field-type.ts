// The types that are known before a query runs, and Tempo's rules for which of them an operator takes (pkg/traceql/enum_statics.go, enum_operators.go).
import type { BinaryOperator, Field } from './query.ts';
import { isNumeric } from './value.ts';
import type { ValueType } from './value.ts';

/** any: an attribute, whose type is seen when its value is. */
export type FieldType = ValueType | 'any';

const intrinsicTypes: Readonly<Record<string, FieldType>> = {
  duration: 'duration',
  traceDuration: 'duration',
  'event:timeSinceStart': 'duration',
  'span:childCount': 'int',
  nestedSetLeft: 'int',
  nestedSetRight: 'int',
  nestedSetParent: 'int',
  status: 'status',
  kind: 'kind',
  'instrumentation:name': 'any',
  'instrumentation:version': 'any',
};

const equality = new Set<BinaryOperator>(['=', '!=']);
const order = new Set<BinaryOperator>([...equality, '<', '<=', '>', '>=']);
const logic = new Set<BinaryOperator>(['&&', '||']);
const booleanOperators = new Set<BinaryOperator>([...order, ...logic, '=~', '!~']);
const ofStrings = new Set<BinaryOperator>([...order, '=~', '!~']);
const ofNumbers = new Set<BinaryOperator>([...order, '+', '-', '*', '/', '%', '^']);

const operatorsOf: Readonly<Record<FieldType, ReadonlySet<BinaryOperator>>> = {
  any: new Set([...booleanOperators, ...ofNumbers]),
  array: booleanOperators,
  boolean: new Set([...equality, ...logic]),
  string: ofStrings,
  int: ofNumbers,
  float: ofNumbers,
  duration: ofNumbers,
  status: equality,
  kind: equality,
  nil: equality,
};

export const takes = (operator: BinaryOperator, type: FieldType): boolean => operatorsOf[type].has(operator);

export const matching = (left: FieldType, right: FieldType): boolean =>
  left === right || left === 'any' || right === 'any' || left === 'nil' || right === 'nil' || (isNumeric(left) && isNumeric(right));

export const isBoolean = (operator: BinaryOperator): boolean => booleanOperators.has(operator);

export const fieldType = (field: Field): FieldType => {
  switch (field.kind) {
    case 'literal':
      return field.value.type;
    case 'attribute':
      return field.scope === 'intrinsic' ? (intrinsicTypes[field.name] ?? 'string') : 'any';
    case 'unary':
      return field.operator === '-' ? fieldType(field.operand) : 'boolean';
    case 'binary': {
      if (isBoolean(field.operator)) return 'boolean';
      const left = fieldType(field.left);
      return left === 'any' ? fieldType(field.right) : left;
    }
  }
};

export const referencesSpan = (field: Field): boolean => {
  switch (field.kind) {
    case 'literal':
      return false;
    case 'attribute':
      return true;
    case 'unary':
      return referencesSpan(field.operand);
    case 'binary':
      return referencesSpan(field.left) || referencesSpan(field.right);
  }
};
