// What an operator of TraceQL makes of two values, by Tempo's rules: types that do not go together are false, never an error; nil equals nothing and differs
// from nothing.
import { matching, takes } from './field-type.ts';
import type { BinaryOperator } from './query.ts';
import { equalScalars, float, int, isNumeric, nil, no, numberOf, truth } from './value.ts';
import type { Integer, ScalarValue, Value } from './value.ts';

const flipped: Readonly<Partial<Record<BinaryOperator, BinaryOperator>>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

const inOrder = (operator: BinaryOperator, left: Integer | string, right: Integer | string): boolean => {
  switch (operator) {
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    default:
      return left >= right;
  }
};

/** The base stands on the right of ^ for two integers, as Tempo 3 has it; for floats on the left. */
const integerPower = (left: Integer, right: Integer): Value => {
  const power = Number(right) ** Number(left);
  return int(Math.abs(power) < 2 ** 63 ? BigInt(Math.trunc(power)) : -(2n ** 63n));
};

/** Divided by zero there is no value; Tempo fails the query. */
const integerArithmetic = (operator: BinaryOperator, left: Integer, right: Integer): Value => {
  if (operator === '^') return integerPower(left, right);
  const isByZero = (operator === '/' || operator === '%') && Number(right) === 0;
  if (isByZero) return nil;
  const [a, b] = [BigInt(left), BigInt(right)];
  switch (operator) {
    case '+':
      return int(a + b);
    case '-':
      return int(a - b);
    case '*':
      return int(a * b);
    case '/':
      return int(a / b);
    default:
      return int(a % b);
  }
};

const floatArithmetic = (operator: BinaryOperator, left: number, right: number): Value => {
  switch (operator) {
    case '+':
      return float(left + right);
    case '-':
      return float(left - right);
    case '*':
      return float(left * right);
    case '/':
      return float(left / right);
    case '%':
      return float(left % right);
    default:
      return float(left ** right);
  }
};

const arithmetic = (operator: BinaryOperator, left: ScalarValue, right: ScalarValue): Value =>
  left.type === 'int' && right.type === 'int'
    ? integerArithmetic(operator, left.value, right.value)
    : floatArithmetic(operator, numberOf(left), numberOf(right));

const compareScalars = (operator: BinaryOperator, left: ScalarValue, right: ScalarValue, pattern: RegExp | null): boolean => {
  if (!matching(left.type, right.type) || !takes(operator, left.type) || !takes(operator, right.type)) return false;
  if (pattern !== null) return left.type === 'string' && pattern.test(left.value) === (operator === '=~');
  if (operator === '=' || operator === '!=') return equalScalars(left, right) === (operator === '=');
  if (operator === '&&') return left.value === true && right.value === true;
  if (operator === '||') return left.value === true || right.value === true;
  return inOrder(operator, left.value as Integer | string, right.value as Integer | string);
};

/** One of the elements must do, for != too; for !~ all of them. */
const compareMany = (operator: BinaryOperator, many: readonly ScalarValue[], other: ScalarValue, pattern: RegExp | null): boolean => {
  const holds = (item: ScalarValue): boolean => compareScalars(operator, item, other, pattern);
  return operator === '!~' ? many.every(holds) : many.some(holds);
};

const isArithmetic = (operator: BinaryOperator): boolean => '+-*/%^'.includes(operator);

/** pattern: of =~ and !~, whose text is on the right. */
export const operate = (operator: BinaryOperator, left: Value, right: Value, pattern: RegExp | null): Value => {
  if (left.type === 'nil' || right.type === 'nil') return no;
  if (left.type === 'array')
    return truth(right.type !== 'array' && !isArithmetic(operator) && compareMany(operator, left.value, right, pattern));
  if (right.type === 'array')
    return truth(!isArithmetic(operator) && compareMany(flipped[operator] ?? operator, right.value, left, pattern));
  if (!isArithmetic(operator)) return truth(compareScalars(operator, left, right, pattern));
  return isNumeric(left.type) && isNumeric(right.type) ? arithmetic(operator, left, right) : no;
};
