// Go's own functions of templates: comparisons, logic, len and print. `and` and `or` stop at the value that decides.
import { formatText } from './printf.ts';
import { asText, isTruthy, TemplateProblem, textOfValue, typeName } from './value.ts';
import type { TemplateFunction } from './functions.ts';
import type { TemplateValue } from './value.ts';

const sameKind = (left: TemplateValue | undefined, right: TemplateValue | undefined): void => {
  if (typeName(left) !== typeName(right)) throw new TemplateProblem('incompatible types for comparison');
};

const isEqual: TemplateFunction = (left, ...others) =>
  others.some((right) => {
    sameKind(left, right);
    return left === right;
  });

const ordered =
  (holds: (left: string | number | bigint, right: string | number | bigint) => boolean): TemplateFunction =>
  (left, right) => {
    sameKind(left, right);
    if (left === null || right === null || left === undefined || right === undefined)
      throw new TemplateProblem('missing argument for comparison');
    if (typeof left === 'object' || typeof right === 'object' || typeof left === 'boolean' || typeof right === 'boolean')
      throw new TemplateProblem('invalid type for comparison');
    return holds(left, right);
  };

const isText = (value: TemplateValue | undefined): boolean => typeof value === 'string';

/** As Go's Sprint: a blank between two values of which neither is text. */
const print = (values: readonly TemplateValue[]): string =>
  values.reduce<string>((text, value, index) => {
    const needsBlank = index > 0 && !isText(value) && !isText(values[index - 1]);
    return `${text}${needsBlank ? ' ' : ''}${textOfValue(value)}`;
  }, '');

export const compareFunctions: Readonly<Record<string, TemplateFunction>> = {
  eq: isEqual,
  ne: (left, right) => !isEqual(left ?? null, right ?? null),
  lt: ordered((left, right) => left < right),
  le: ordered((left, right) => left <= right),
  gt: ordered((left, right) => left > right),
  ge: ordered((left, right) => left >= right),
  and: (...values) => values.find((value) => !isTruthy(value)) ?? values.at(-1) ?? null,
  or: (...values) => values.find((value) => isTruthy(value)) ?? values.at(-1) ?? null,
  not: (value) => !isTruthy(value ?? null),
  len: (value) => BigInt(Buffer.byteLength(textOfValue(value ?? null))),
  print: (...values) => print(values),
  printf: (format, ...values) => formatText(asText(format), values),
  println: (...values) => `${values.map(textOfValue).join(' ')}\n`,
};
