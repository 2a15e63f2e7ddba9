// Operators on two numbers. Unlike Prometheus, Loki has no infinity for a division by 0.
import type { ArithmeticOperator, ComparisonOperator } from '../syntax/ast.ts';

export const applyArithmetic = (operator: ArithmeticOperator, left: number, right: number): number => {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return right === 0 ? Number.NaN : left / right;
    case '%':
      return right === 0 ? Number.NaN : left % right;
    case '^':
      return goPower(left, right);
  }
};

/** JavaScript has NaN for 1 to the power of infinity, and for -1; Go has 1. */
const goPower = (base: number, exponent: number): number => {
  if (base === 1 || (base === -1 && Math.abs(exponent) === Infinity)) return 1;
  return base ** exponent;
};

export const compareNumbers = (operator: ComparisonOperator, left: number, right: number): boolean => {
  switch (operator) {
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
  }
};
