// A figure as a reader sees it, beside what it was measured against.
import type { Figure } from './figure.ts';

const number = (value: number): string => {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en');
  return value.toFixed(Math.abs(value) < 1 ? 3 : 1);
};

const outcome = (holds: boolean | null): string => {
  if (holds === null) return 'not measured here';
  return holds ? 'holds' : 'does NOT hold';
};

export const figureText = ({ name, value, unit, against, ratio, bound, holds }: Figure): string =>
  [
    `\n${name}`,
    `  ${number(value)} ${unit}`,
    ...(against === null
      ? []
      : [`  against ${number(against.value)} ${unit}: ${against.what}`, `  ratio ${ratio?.toFixed(2) ?? 'unknown'}`]),
    ...(bound === null ? [] : [`  bound: ${bound}: ${outcome(holds)}`]),
  ].join('\n');
