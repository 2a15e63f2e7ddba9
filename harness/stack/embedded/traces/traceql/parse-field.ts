// Expressions on one span, between { and } or as arguments: by the precedence of Tempo's grammar, and with its type rules.
import { compileRegex } from '../../promql/compile-regex.ts';
import { readAttributeName, readIntrinsicName } from './attribute-name.ts';
import { fieldText } from './field-text.ts';
import { fieldType, matching, takes } from './field-type.ts';
import { bindings, prefixBindings } from './operators.ts';
import type { Attribute, BinaryOperator, Field } from './query.ts';
import { readLiteral } from './read-literal.ts';
import type { TokenReader } from './token-reader.ts';
import type { Token } from './tokens.ts';
import type { Value } from './value.ts';
import { isNumeric } from './value.ts';

const orRefuse = <Result>(reader: TokenReader, token: Token, read: () => Result): Result => {
  try {
    return read();
  } catch (error) {
    return reader.refuse(token, (error as Error).message);
  }
};

export const readAttribute = (reader: TokenReader): Attribute => {
  const token = reader.take();
  if (token.kind === 'attribute') return orRefuse(reader, token, () => readAttributeName(token.text));
  if (token.kind === 'intrinsic') return orRefuse(reader, token, () => readIntrinsicName(token.text));
  return reader.refuse(token, `expected an attribute, found ${JSON.stringify(token.text)}`);
};

export const readValue = (reader: TokenReader): Value => {
  const token = reader.take();
  const value = token.kind === 'literal' ? orRefuse(reader, token, () => readLiteral(token.text)) : null;
  return value ?? reader.refuse(token, `${token.text} is not a literal that the embedded stack knows`);
};

const isNil = (field: Field): boolean => field.kind === 'literal' && field.value.type === 'nil';

const nilTest = (reader: TokenReader, token: Token, operator: string, operand: Field): Field => {
  if (operator !== '=' && operator !== '!=') return reader.refuse(token, `nil is compared with = and != only`);
  if (isNil(operand)) return { kind: 'literal', value: { type: 'boolean', value: false } };
  if (operator === '!=') return { kind: 'unary', operator: 'exists', operand };
  if (operand.kind === 'attribute' && operand.scope === 'intrinsic')
    reader.refuse(token, `${fieldText(operand)}=nil is not valid because intrinsics cannot be nil`);
  if (operand.kind === 'attribute' && operand.scope === 'resource' && operand.name === 'service.name')
    reader.refuse(token, 'resource.service.name=nil is not valid because resource.service.name cannot be nil');
  return { kind: 'unary', operator: 'absent', operand };
};

const patternOf = (reader: TokenReader, token: Token, right: Field): RegExp => {
  if (right.kind !== 'literal' || right.value.type !== 'string')
    return reader.refuse(token, `invalid type for =~ or !~: ${fieldText(right)}; a string stands on the right`);
  const { value } = right.value;
  return orRefuse(reader, token, () => compileRegex(value));
};

/** Ids of traces are compared without their leading zeros. */
const trimmedTraceId = (field: Field, other: Field): Field => {
  if (other.kind !== 'attribute' || other.scope !== 'intrinsic' || other.name !== 'trace:id') return field;
  if (field.kind !== 'literal' || field.value.type !== 'string') return field;
  return { kind: 'literal', value: { type: 'string', value: field.value.value.replace(/^0+/, '') } };
};

const combine = (reader: TokenReader, token: Token, left: Field, right: Field): Field => {
  const operator = token.text as BinaryOperator;
  if (isNil(left)) return nilTest(reader, token, operator, right);
  if (isNil(right)) return nilTest(reader, token, operator, left);
  const written = (): string => fieldText({ kind: 'binary', operator, left, right, pattern: null });
  if (!matching(fieldType(left), fieldType(right))) reader.refuse(token, `binary operations must operate on the same type: ${written()}`);
  if (!takes(operator, fieldType(left)) || !takes(operator, fieldType(right)))
    reader.refuse(token, `illegal operation for the given types: ${written()}`);
  const pattern = operator === '=~' || operator === '!~' ? patternOf(reader, token, right) : null;
  return { kind: 'binary', operator, left: trimmedTraceId(left, right), right: trimmedTraceId(right, left), pattern };
};

const readPrefixed = (reader: TokenReader, token: Token, binding: number): Field => {
  const operator = token.text as '-' | '!';
  const operand = readBound(reader, binding);
  const type = fieldType(operand);
  if (type !== 'any' && (operator === '!' ? type !== 'boolean' : !isNumeric(type)))
    reader.refuse(token, `illegal operation for the given type: ${operator}${fieldText(operand)}`);
  return { kind: 'unary', operator, operand };
};

const readOperand = (reader: TokenReader): Field => {
  const token = reader.peek();
  using _depth = reader.enter(token);
  if (token?.kind === 'literal') return { kind: 'literal', value: readValue(reader) };
  if (token?.kind === 'attribute' || token?.kind === 'intrinsic') return readAttribute(reader);
  const taken = reader.take();
  const prefix = prefixBindings.get(taken.text);
  if (prefix !== undefined) return readPrefixed(reader, taken, prefix);
  if (taken.text !== '(') return reader.refuse(taken, `${JSON.stringify(taken.text)} is not expected here`);
  const inner = readField(reader);
  reader.expect(')');
  return inner;
};

const readBound = (reader: TokenReader, least: number): Field => {
  const first = reader.peek();
  let left = readOperand(reader);
  for (;;) {
    const token = reader.peek();
    const binding = token?.kind === 'mark' ? bindings.get(token.text) : undefined;
    if (token === undefined || binding === undefined || binding < least) {
      if (isNil(left) && least === 0) reader.refuse(first, 'nil stands beside = or != only');
      return left;
    }
    reader.take();
    // ^ alone groups from the right.
    left = combine(reader, token, left, readBound(reader, token.text === '^' ? binding : binding + 1));
  }
};

/** Throws a QueryRefused with the position of what is wrong. */
export const readField = (reader: TokenReader): Field => readBound(reader, 0);
