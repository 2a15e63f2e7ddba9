// A figure as a reader sees it, beside what it was measured against.
import type { Figure } from './figure.ts';

const number = (value: number): string => (value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(value >= 1 ? 1 : 2));

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
