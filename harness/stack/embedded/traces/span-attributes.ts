// Which fields a search shows on a span that it found: those that the query names, with the values that it looked for, as Tempo does.
import { isBoolean } from './traceql/field-type.ts';
import { operate } from './traceql/operate.ts';
import type { Attribute, BinaryOperator, Field, Query, Spanset, Stage } from './traceql/query.ts';
import { valuesOf } from './traceql/read-attribute.ts';
import type { SpanNode } from './traceql/trace-index.ts';
import { nil, valueJson } from './traceql/value.ts';
import type { ScalarValue, Value } from './traceql/value.ts';

/** They have a place of their own in the answer. */
const shownElsewhere = new Set(['name', 'duration', 'traceDuration', 'rootName', 'rootServiceName', 'trace:id', 'span:id']);

type Test = (value: Value) => boolean;
type Named = readonly [attribute: Attribute, test: Test];

const always: Test = () => true;

const whole = (field: Field): readonly Named[] => (field.kind === 'attribute' ? [[field, always]] : ofField(field));

const comparedWith = (operator: BinaryOperator, literal: Value, pattern: RegExp | null): Test => {
  return (value) => {
    const holds = operate(operator, value, literal, pattern);
    return holds.type === 'boolean' && holds.value;
  };
};

const ofBinary = ({ operator, left, right, pattern }: Field & { kind: 'binary' }): readonly Named[] => {
  const isComparison = isBoolean(operator) && operator !== '&&' && operator !== '||';
  if (isComparison && left.kind === 'attribute' && right.kind === 'literal') return [[left, comparedWith(operator, right.value, pattern)]];
  return [...whole(left), ...whole(right)];
};

const ofField = (field: Field): readonly Named[] => {
  switch (field.kind) {
    case 'literal':
      return [];
    case 'attribute':
      return whole(field);
    case 'unary':
      return field.operator === 'absent' ? [] : whole(field.operand);
    case 'binary':
      return ofBinary(field);
  }
};

const ofSpanset = (spanset: Spanset): readonly Named[] => {
  if (spanset.kind === 'filter') return ofField(spanset.condition);
  if (spanset.kind === 'pipeline') return spanset.stages.flatMap(ofStage);
  return [...ofSpanset(spanset.left), ...ofSpanset(spanset.right)];
};

const ofStage = (stage: Stage): readonly Named[] => {
  switch (stage.kind) {
    case 'scalar-filter':
      return stage.aggregate.operand === null ? [] : whole(stage.aggregate.operand);
    case 'by':
      return whole(stage.field);
    case 'coalesce':
      return [];
    case 'select':
      return stage.attributes.map((attribute) => [attribute, always]);
    default:
      return ofSpanset(stage);
  }
};

/** Of an array the elements that were looked for. */
const sought = (value: Value, tests: readonly Test[]): Value => {
  const passes = (one: Value): boolean => tests.some((test) => test(one));
  if (value.type !== 'array' || tests.includes(always)) return passes(value) ? value : nil;
  const found: readonly ScalarValue[] = value.value.filter(passes);
  return found.length > 1 ? { type: 'array', value: found } : (found[0] ?? nil);
};

export type ShowAttributes = (node: SpanNode) => readonly unknown[];

export const attributesShown = ({ stages }: Query): ShowAttributes => {
  const named = stages.flatMap(ofStage).filter(([{ scope, name }]) => scope !== 'intrinsic' || !shownElsewhere.has(name));
  const shown = [...Map.groupBy(named, ([{ scope, name }]) => `${scope} ${name}`).values()].flatMap((same) => {
    const [first] = same;
    return first === undefined ? [] : [{ key: first[0].name, read: valuesOf(first[0]), tests: same.map(([, test]) => test) }];
  });
  return (node) =>
    shown.flatMap(({ key, read, tests }) => {
      const value = read(node)
        .map((one) => sought(one, tests))
        .find(({ type }) => type !== 'nil');
      return value === undefined ? [] : [{ key, value: valueJson(value) }];
    });
};
