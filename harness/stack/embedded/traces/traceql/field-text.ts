// How Tempo writes an expression: the names of labels, and of what by() and the aggregates leave on a spanset.
import type { Aggregate, Attribute, Field } from './query.ts';
import { valueText } from './value.ts';

const needsQuotes = /[\s{}()=~!<>&|^,"]/;

export const attributeText = ({ scope, name }: Attribute): string => {
  if (scope === 'intrinsic') return name;
  const written = needsQuotes.test(name) ? `"${name.replaceAll(/[\\"]/g, String.raw`\$&`)}"` : name;
  return scope === 'any' ? `.${written}` : `${scope}.${written}`;
};

const operandText = (field: Field): string =>
  field.kind === 'literal' || field.kind === 'attribute' ? fieldText(field) : `(${fieldText(field)})`;

export const fieldText = (field: Field): string => {
  switch (field.kind) {
    case 'literal':
      return field.value.type === 'string' ? `\`${field.value.value}\`` : valueText(field.value);
    case 'attribute':
      return attributeText(field);
    case 'unary': {
      const operand = operandText(field.operand);
      if (field.operator === 'exists') return `${operand} != nil`;
      return field.operator === 'absent' ? `${operand} = nil` : `${field.operator}${operand}`;
    }
    case 'binary':
      return `${operandText(field.left)} ${field.operator} ${operandText(field.right)}`;
  }
};

export const aggregateText = ({ operator, operand }: Aggregate): string => `${operator}(${operand === null ? '' : fieldText(operand)})`;
