// An expression -> a function of a span: fields and patterns are looked up once for all the spans of a query.
import { columnOf } from './asked-types.ts';
import type { AskedTypes } from './asked-types.ts';
import type { Focus, Read } from './intrinsics.ts';
import { operate } from './operate.ts';
import type { Attribute, BinaryOperator, Field } from './query.ts';
import { attributeValue, readerOf } from './read-attribute.ts';
import type { SpanNode } from './trace-index.ts';
import { int, nil, no, truth, yes } from './value.ts';
import type { Value } from './value.ts';

const negated = (value: Value): Value => (value.type === 'boolean' ? truth(!value.value) : nil);

const minus = (value: Value): Value => {
  switch (value.type) {
    case 'int':
      return int(-BigInt(value.value));
    case 'float':
    case 'duration':
      return { type: value.type, value: -value.value };
    default:
      return nil;
  }
};

const isBoolean = (value: Value, held: boolean): boolean => value.type === 'boolean' && value.value === held;

/** The right side of && and || is read where it can still decide. */
const logical = (operator: BinaryOperator, left: Read, right: Read): Read => {
  const decides = operator === '||';
  return (node, focus) => {
    const value = left(node, focus);
    if (isBoolean(value, decides)) return decides ? yes : no;
    return operate(operator, value, right(node, focus), null);
  };
};

const compileAttribute = (attribute: Attribute, asked: AskedTypes): Read => {
  if (attribute.scope === 'intrinsic') return readerOf(attribute);
  if (attribute.scope === 'any') {
    const span = compileAttribute({ ...attribute, scope: 'span' }, asked);
    const resource = compileAttribute({ ...attribute, scope: 'resource' }, asked);
    return (node) => {
      const value = span(node);
      return value.type === 'nil' ? resource(node) : value;
    };
  }
  const read = readerOf(attribute);
  const types = asked.of(attribute.scope);
  if (types === null) return read;
  return (node, focus) => {
    const value = read(node, focus);
    return types.has(columnOf(value)) ? value : nil;
  };
};

/** As in Tempo: span and resource are asked each for itself, and there must be an event or a link for its attribute to be missing. */
const absence = (operand: Field, read: Read): ((node: SpanNode, focus: Focus | undefined) => boolean) => {
  if (operand.kind !== 'attribute') return (node, focus) => read(node, focus).type === 'nil';
  const { scope, name } = operand;
  if (scope === 'any')
    return ({ span }) => [span.attributes, span.resource].some((attributes) => attributeValue(attributes.get(name)).type === 'nil');
  if (scope === 'event') return (node, focus) => (focus?.event ?? null) !== null && read(node, focus).type === 'nil';
  if (scope === 'link') return (node, focus) => (focus?.link ?? null) !== null && read(node, focus).type === 'nil';
  return (node, focus) => read(node, focus).type === 'nil';
};

const compileUnary = ({ operator, operand }: Field & { kind: 'unary' }, asked: AskedTypes): Read => {
  const isOfName = operator === 'exists' || operator === 'absent';
  const read = isOfName && operand.kind === 'attribute' ? readerOf(operand) : compileField(operand, asked);
  switch (operator) {
    case '!':
      return (node, focus) => negated(read(node, focus));
    case '-':
      return (node, focus) => minus(read(node, focus));
    case 'exists':
      return (node, focus) => truth(read(node, focus).type !== 'nil');
    case 'absent': {
      const isAbsent = absence(operand, read);
      return (node, focus) => truth(isAbsent(node, focus));
    }
  }
};

export const compileField = (field: Field, asked: AskedTypes): Read => {
  switch (field.kind) {
    case 'literal':
      return () => field.value;
    case 'attribute':
      return compileAttribute(field, asked);
    case 'unary':
      return compileUnary(field, asked);
    case 'binary': {
      const { operator, pattern } = field;
      const left = compileField(field.left, asked);
      const right = compileField(field.right, asked);
      if (operator === '&&' || operator === '||') return logical(operator, left, right);
      return (node, focus) => operate(operator, left(node, focus), right(node, focus), pattern);
    }
  }
};

const names = (field: Field, kind: 'event' | 'link'): boolean => {
  switch (field.kind) {
    case 'literal':
      return false;
    case 'attribute':
      return field.scope === kind || (field.scope === 'intrinsic' && field.name.startsWith(`${kind}:`));
    case 'unary':
      return names(field.operand, kind);
    case 'binary':
      return names(field.left, kind) || names(field.right, kind);
  }
};

const orNone = <Item>(items: readonly Item[]): readonly (Item | null)[] => (items.length === 0 ? [null] : items);

/** What is asked of events must hold for one and the same event; of links likewise. */
export const compileCondition = (field: Field, asked: AskedTypes): ((node: SpanNode) => boolean) => {
  const read = compileField(field, asked);
  const [hasEvent, hasLink] = [names(field, 'event'), names(field, 'link')];
  if (!hasEvent && !hasLink) return (node) => isBoolean(read(node), true);
  return (node) =>
    orNone(hasEvent ? node.span.events : []).some((event) =>
      orNone(hasLink ? node.span.links : []).some((link) => isBoolean(read(node, { event, link }), true)),
    );
};
