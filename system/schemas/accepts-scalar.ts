// Whether one scalar fits a schema: what comparing needs for the values of an enum. Events are validated elsewhere.
import { compilePattern } from './pattern.ts';
import { type Scalar, type SchemaNode, type TypedNode, typeOfScalar } from './schema-node.ts';

export const acceptsScalar = (node: SchemaNode, value: Scalar): boolean => {
  switch (node.kind) {
    case 'any':
      return true;
    case 'never':
      return false;
    case 'values':
      return node.values.includes(value);
    case 'choice':
      return node.of.some((one) => acceptsScalar(one, value));
    case 'typed':
      return node.types.has(typeOfScalar(value)) && fits(node, value);
  }
};

const fits = ({ number, string }: TypedNode, value: Scalar): boolean => {
  if (typeof value === 'number') {
    const { isInteger, lower, upper } = number;
    if (isInteger && !Number.isInteger(value)) return false;
    if (lower !== null && (value < lower.value || (lower.isExclusive && value === lower.value))) return false;
    return upper === null || value < upper.value || (!upper.isExclusive && value === upper.value);
  }
  if (typeof value !== 'string') return true;
  // Code points, as JSON Schema counts.
  const characters = Array.from(value).length;
  if (characters < string.minLength || characters > string.maxLength) return false;
  return string.pattern === null || compilePattern(string.pattern).test(value);
};
