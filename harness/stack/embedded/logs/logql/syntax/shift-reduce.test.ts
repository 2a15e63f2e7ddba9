import fc from 'fast-check';
import { expect, test } from 'vitest';
import { groupByPrecedence } from './shift-reduce.ts';

type Op = '+' | '*' | '^' | ',';
const precedenceOf = (op: Op) => (op === ',' ? null : { level: { '+': 1, '*': 2, '^': 3 }[op], isRight: op === '^' });
const group = (text: string): string => {
  const words = text.split(' ');
  const operands = words.filter((_, index) => index % 2 === 0);
  const operators = words.filter((_, index) => index % 2 === 1) as Op[];
  return groupByPrecedence(operands, operators, precedenceOf, (left, op, right) => `(${left}${op}${right})`);
};

test.each([
  ['a', 'a'],
  ['a + b * c', '(a+(b*c))'],
  ['a * b + c', '((a*b)+c)'],
  ['a + b + c', '((a+b)+c)'],
  ['a ^ b ^ c', '(a^(b^c))'],
  ['a , b + c , d', '(a,(b+(c,d)))'],
  ['a * b , c', '(a*(b,c))'],
])('%s groups as %s', (text, expected) => {
  expect(group(text)).toBe(expected);
});

test('numbers come out as JavaScript itself works them out', () => {
  const terms = fc.array(fc.tuple(fc.constantFrom('+', '-', '*', '**'), fc.integer({ min: 1, max: 3 })), { maxLength: 8 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3 }), terms, (first, rest) => {
      const levels: Readonly<Record<string, number>> = { '+': 1, '-': 1, '*': 2, '**': 3 };
      const apply = (left: number, op: string, right: number): number =>
        op === '+' ? left + right : op === '-' ? left - right : op === '*' ? left * right : left ** right;
      const made = groupByPrecedence(
        [first, ...rest.map(([, value]) => value)],
        rest.map(([op]) => op),
        (op) => ({ level: levels[op]!, isRight: op === '**' }),
        apply,
      );
      const source = `${first}${rest.map(([op, value]) => ` ${op} ${value}`).join('')}`;
      // eslint-disable-next-line typescript/no-implied-eval
      expect(made).toEqual(new Function(`return ${source}`)() as number);
    }),
  );
});
