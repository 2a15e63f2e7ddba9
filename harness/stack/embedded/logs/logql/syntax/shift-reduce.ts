// Puts a chain of operands and operators in the order in which Loki's parser groups them. The grammar of Grafana's editor gets this wrong: it has ^ bind
// weakest of all and + stronger than *.

export type Precedence = { readonly level: number; readonly isRight: boolean };

/** `null`: an operator without precedence, which is always taken into the operand before it. */
export const groupByPrecedence = <Operand, Operator>(
  operands: readonly Operand[],
  operators: readonly Operator[],
  precedenceOf: (operator: Operator) => Precedence | null,
  combine: (left: Operand, operator: Operator, right: Operand) => Operand,
): Operand => {
  const values: Operand[] = operands.slice(0, 1);
  const waiting: Operator[] = [];
  const reduce = (): void => {
    const right = values.pop()!;
    const left = values.pop()!;
    values.push(combine(left, waiting.pop()!, right));
  };
  const shifts = (next: Operator): boolean => {
    const [top, coming] = [precedenceOf(waiting.at(-1)!), precedenceOf(next)];
    if (top === null || coming === null) return true;
    return coming.level > top.level || (coming.level === top.level && coming.isRight);
  };
  operators.forEach((operator, index) => {
    while (waiting.length > 0 && !shifts(operator)) reduce();
    waiting.push(operator);
    values.push(operands[index + 1]!);
  });
  while (waiting.length > 0) reduce();
  return values[0]!;
};
