// Arithmetic in templates: on whole numbers, and with `f` behind the name on floats.
import type { TemplateFunction } from './functions.ts';
import { TemplateProblem, toFloat, toInteger } from './value.ts';
import type { TemplateValue } from './value.ts';

const integers =
  (fold: (left: bigint, right: bigint) => bigint): TemplateFunction =>
  (...values) =>
    values.map(toInteger).reduce(fold);

const floats =
  (fold: (left: number, right: number) => number): TemplateFunction =>
  (...values) =>
    values.map(toFloat).reduce(fold);

const nonZero = (value: bigint): bigint => {
  if (value === 0n) throw new TemplateProblem('runtime error: integer divide by zero');
  return value;
};

const round = (value: TemplateValue | undefined, places: TemplateValue | undefined): number => {
  const factor = 10 ** Number(toInteger(places));
  const scaled = toFloat(value) * factor;
  const rounded = scaled - Math.floor(scaled) >= 0.5 ? Math.ceil(scaled) : Math.floor(scaled);
  return rounded / factor;
};

export const numberFunctions: Readonly<Record<string, TemplateFunction>> = {
  int: (value) => toInteger(value),
  float64: (value) => toFloat(value),
  add: integers((left, right) => left + right),
  sub: integers((left, right) => left - right),
  mul: integers((left, right) => left * right),
  div: integers((left, right) => left / nonZero(right)),
  mod: integers((left, right) => left % nonZero(right)),
  max: integers((left, right) => (left > right ? left : right)),
  min: integers((left, right) => (left < right ? left : right)),
  addf: floats((left, right) => left + right),
  subf: floats((left, right) => left - right),
  mulf: floats((left, right) => left * right),
  divf: floats((left, right) => left / right),
  maxf: floats((left, right) => Math.max(left, right)),
  minf: floats((left, right) => Math.min(left, right)),
  ceil: (value) => Math.ceil(toFloat(value)),
  floor: (value) => Math.floor(toFloat(value)),
  round,
};
