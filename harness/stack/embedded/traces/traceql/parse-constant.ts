// Numbers with arithmetic between them, as they stand on the right of a scalar filter: (1 + 2) * 3, -1.5s.
import { operate } from './operate.ts';
import { bindings } from './operators.ts';
import { readValue } from './parse-field.ts';
import type { BinaryOperator } from './query.ts';
import type { TokenReader } from './token-reader.ts';
import { int, isNumeric } from './value.ts';
import type { ScalarValue, Value } from './value.ts';

const asNumber = (reader: TokenReader, value: Value): ScalarValue => {
  if (value.type === 'nil' || value.type === 'array' || !isNumeric(value.type))
    return reader.refuse(reader.peek(), 'a number or a duration is expected before this');
  return value;
};

const readOperand = (reader: TokenReader): ScalarValue => {
  const token = reader.peek();
  using _depth = reader.enter(token);
  if (token?.kind === 'literal') return asNumber(reader, readValue(reader));
  if (reader.skip('-')) {
    const operand = readOperand(reader);
    const negated = operate('-', int(0), operand, null);
    return operand.type === 'duration' ? { type: 'duration', value: -operand.value } : asNumber(reader, negated);
  }
  reader.expect('(');
  const inner = readConstant(reader);
  reader.expect(')');
  return inner;
};

const readBound = (reader: TokenReader, least: number): ScalarValue => {
  let left = readOperand(reader);
  for (;;) {
    const token = reader.peek();
    const binding = bindings.get(token?.text ?? '');
    if (token === undefined || binding === undefined || binding < least || !'+-*/'.includes(token.text)) return left;
    reader.take();
    left = asNumber(reader, operate(token.text as BinaryOperator, left, readBound(reader, binding + 1), null));
  }
};

export const readConstant = (reader: TokenReader): ScalarValue => readBound(reader, 3);
