// Whether a span meets a condition. As in Tempo: what a span does not have equals nothing and differs from nothing, but `= nil` and `!= nil` ask for it;
// values of different types never match; of several (events, links, arrays) one must match, and for != and !~ all.
import type { AttributeValue, Attributes } from '../../otlp/attribute-value.ts';
import type { Span } from '../../otlp/read-traces.ts';
import { intrinsics } from './intrinsics.ts';
import type { Comparison, Condition, Value } from './query.ts';
import type { TraceIndex } from './trace-index.ts';

const nil: Value = { type: 'nil' };

const valueOf = (attribute: AttributeValue | undefined): Value => {
  switch (attribute?.kind) {
    case 'string':
      return { type: 'string', value: attribute.value };
    case 'bool':
      return { type: 'boolean', value: attribute.value };
    case 'int':
    case 'double':
      return { type: 'number', value: Number(attribute.value) };
    case 'array':
      return { type: 'many', value: attribute.value.map(valueOf) };
    default:
      return nil;
  }
};

const ofMany = (holders: readonly { readonly attributes: Attributes }[], name: string): Value => {
  const values = holders.flatMap(({ attributes }) => (attributes.has(name) ? [valueOf(attributes.get(name))] : []));
  return values.length === 0 ? nil : { type: 'many', value: values };
};

const fieldOf = (condition: Condition & { kind: 'field' }, span: Span, trace: TraceIndex): Value => {
  const { name } = condition;
  switch (condition.scope) {
    case 'intrinsic':
      return intrinsics.get(name)?.(span, trace) ?? nil;
    case 'span':
      return valueOf(span.attributes.get(name));
    case 'resource':
      return valueOf(span.resource.get(name));
    case 'instrumentation':
      return valueOf(span.scope.attributes.get(name));
    case 'event':
      return ofMany(span.events, name);
    case 'link':
      return ofMany(span.links, name);
    case 'any':
      return valueOf(span.attributes.get(name) ?? span.resource.get(name));
  }
};

const compareOrdered = (operator: Comparison, left: number | string, right: number | string): boolean => {
  switch (operator) {
    case '=':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
    default:
      return false;
  }
};

const compareSingle = (operator: Comparison, left: Value, right: Value, pattern: RegExp | null): boolean => {
  if (left.type === 'nil' || right.type === 'nil' || left.type !== right.type || left.type === 'many' || right.type === 'many')
    return false;
  if (pattern !== null) return left.type === 'string' && pattern.test(left.value) === (operator === '=~');
  if (left.type === 'number' || left.type === 'string') return compareOrdered(operator, left.value, right.value as number | string);
  // Booleans, kinds and statuses are equal or not; they have no order.
  return operator === '=' ? left.value === right.value : operator === '!=' && left.value !== right.value;
};

const isAbsent = (value: Value): boolean => value.type === 'nil' || (value.type === 'many' && value.value.length === 0);

const flipped: Readonly<Record<Comparison, Comparison>> = {
  '=': '=',
  '!=': '!=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
  '=~': '=~',
  '!~': '!~',
};

const compare = (operator: Comparison, left: Value, right: Value, pattern: RegExp | null): boolean => {
  if (right.type === 'nil') return operator === '=' ? isAbsent(left) : operator === '!=' && !isAbsent(left);
  if (left.type === 'nil' && (operator === '=' || operator === '!=')) return false;
  if (right.type === 'many' && left.type !== 'many') return compare(flipped[operator], right, left, pattern);
  if (left.type !== 'many') return compareSingle(operator, left, right, pattern);
  if (isAbsent(left)) return false;
  const matches = (value: Value) => compareSingle(operator, value, right, pattern);
  return operator === '!=' || operator === '!~' ? left.value.every(matches) : left.value.some(matches);
};

const isNilLiteral = (condition: Condition): boolean => condition.kind === 'literal' && condition.value.type === 'nil';

const evaluate = (condition: Condition, span: Span, trace: TraceIndex): Value => {
  switch (condition.kind) {
    case 'literal':
      return condition.value;
    case 'field':
      return fieldOf(condition, span, trace);
    case 'compare': {
      // `nil = span.x` asks the same as `span.x = nil`.
      const [first, second] = isNilLiteral(condition.left) ? [condition.right, condition.left] : [condition.left, condition.right];
      const right = evaluate(second, span, trace);
      const absentField = right.type === 'nil' && !isNilLiteral(second);
      if (absentField) return { type: 'boolean', value: false };
      return { type: 'boolean', value: compare(condition.operator, evaluate(first, span, trace), right, condition.pattern) };
    }
    default:
      return { type: 'boolean', value: meets(condition, span, trace) };
  }
};

/** Whether the span meets the condition. What is no boolean is not met. */
export const meets = (condition: Condition, span: Span, trace: TraceIndex): boolean => {
  switch (condition.kind) {
    case 'and':
      return meets(condition.left, span, trace) && meets(condition.right, span, trace);
    case 'or':
      return meets(condition.left, span, trace) || meets(condition.right, span, trace);
    case 'not': {
      const value = evaluate(condition.operand, span, trace);
      return value.type === 'boolean' && !value.value;
    }
    default: {
      const value = evaluate(condition, span, trace);
      return value.type === 'boolean' && value.value;
    }
  }
};
